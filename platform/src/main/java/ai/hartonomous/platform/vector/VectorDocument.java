package ai.hartonomous.platform.vector;

import ai.hartonomous.platform.vector.EmbeddingFeed.Change;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// An embedding as a document of the index. Fields:
/// - `id`, `user`, `model`, `source`, `kind`: terms to filter with; ids are 16 bytes
/// - `layer`: a point, where it has one
/// - `version`: a number, to compare with the table
/// - `shown`: JSON of what a search answers
/// - `vector`: of length 1; missing where the embedding is all zeros and so has no direction
final class VectorDocument {

  static final String ID = "id";
  static final String VERSION = "version";
  static final String VECTOR = "vector";
  private static final String USER = "user";
  private static final String MODEL = "model";
  private static final String SOURCE = "source";
  private static final String KIND = "kind";
  private static final String LAYER = "layer";
  private static final String SHOWN = "shown";
  private static final JsonMapper JSON = JsonMapper.shared();

  private VectorDocument() {}

  /// What a search answers, without what depends on the search.
  private record Shown(
      UUID modelId,
      EmbeddingKind kind,
      String path,
      @Nullable Integer layer,
      @Nullable UUID componentId,
      UUID sourceId) {}

  static Document of(Change change) {
    NewEmbedding embedding = change.embedding();
    var document = new Document();
    document.add(new StringField(ID, bytes(change.id()), Store.NO));
    document.add(new BinaryDocValuesField(ID, bytes(change.id())));
    document.add(new StringField(USER, change.userId(), Store.NO));
    document.add(new StringField(MODEL, bytes(change.modelId()), Store.NO));
    document.add(new StringField(SOURCE, bytes(embedding.sourceId()), Store.NO));
    document.add(new StringField(KIND, embedding.kind().label(), Store.NO));
    document.add(new NumericDocValuesField(VERSION, change.cursor().version()));
    if (embedding.layer() != null) {
      document.add(new IntPoint(LAYER, embedding.layer()));
    }
    var shown =
        new Shown(
            change.modelId(),
            embedding.kind(),
            embedding.path(),
            embedding.layer(),
            embedding.componentId(),
            embedding.sourceId());
    document.add(new BinaryDocValuesField(SHOWN, new BytesRef(JSON.writeValueAsBytes(shown))));
    if (!Float32.isZero(embedding.vector())) {
      float[] unit = Float32.unit(embedding.vector());
      document.add(new KnnFloatVectorField(VECTOR, unit, VectorSimilarityFunction.DOT_PRODUCT));
    }
    return document;
  }

  static Term term(UUID id) {
    return new Term(ID, bytes(id));
  }

  /// {@return what is found among the documents of a user}
  static Query within(String user, Scope scope) {
    var all = new BooleanQuery.Builder().add(owned(user), Occur.FILTER);
    anyOf(all, MODEL, scope.models());
    anyOf(all, SOURCE, scope.sources());
    if (!scope.kinds().isEmpty()) {
      var labels =
          scope.kinds().stream()
              .map(kind -> new BytesRef(kind.name().toLowerCase(Locale.ROOT)))
              .toList();
      all.add(new TermInSetQuery(KIND, labels), Occur.FILTER);
    }
    Integer first = scope.firstLayer();
    Integer last = scope.lastLayer();
    if (first != null || last != null) {
      int from = first == null ? 0 : first;
      int to = last == null ? Integer.MAX_VALUE : last;
      all.add(IntPoint.newRangeQuery(LAYER, from, to), Occur.FILTER);
    }
    return all.build();
  }

  static TermQuery owned(String user) {
    return new TermQuery(new Term(USER, user));
  }

  private static void anyOf(BooleanQuery.Builder all, String field, Set<UUID> ids) {
    if (!ids.isEmpty()) {
      all.add(
          new TermInSetQuery(field, ids.stream().map(VectorDocument::bytes).toList()),
          Occur.FILTER);
    }
  }

  /// {@return an embedding as a search answers it}
  static Neighbour read(LeafReader leaf, int document, double cosine) throws IOException {
    Shown shown = JSON.readValue(value(leaf, SHOWN, document), Shown.class);
    return new Neighbour(
        id(leaf, document),
        shown.modelId(),
        shown.kind(),
        shown.path(),
        shown.layer(),
        shown.componentId(),
        shown.sourceId(),
        cosine);
  }

  /// Tells the versions of a segment's embeddings by their ids.
  static void versions(LeafReader leaf, Map<UUID, Long> versions) throws IOException {
    Bits live = leaf.getLiveDocs();
    for (int document = 0; document < leaf.maxDoc(); document++) {
      if (live == null || live.get(document)) {
        NumericDocValues values = leaf.getNumericDocValues(VERSION);
        if (values == null || !values.advanceExact(document)) {
          throw new IOException("document %d of the index has no version".formatted(document));
        }
        versions.put(id(leaf, document), values.longValue());
      }
    }
  }

  private static UUID id(LeafReader leaf, int document) throws IOException {
    ByteBuffer id = ByteBuffer.wrap(value(leaf, ID, document));
    return new UUID(id.getLong(), id.getLong());
  }

  private static byte[] value(LeafReader leaf, String field, int document) throws IOException {
    BinaryDocValues values = leaf.getBinaryDocValues(field);
    if (values == null || !values.advanceExact(document)) {
      throw new IOException("document %d of the index has no %s".formatted(document, field));
    }
    return BytesRef.deepCopyOf(values.binaryValue()).bytes;
  }

  static BytesRef bytes(UUID id) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return new BytesRef(bytes.array());
  }
}
