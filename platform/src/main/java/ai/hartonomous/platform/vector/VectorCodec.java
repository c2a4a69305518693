package ai.hartonomous.platform.vector;

import java.io.IOException;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/// Lucene's own codec with one bit for each number of a vector beside the full numbers, and with as
/// many numbers as our vectors have: Lucene refuses more than 1,024 by itself. Indexes written with
/// it are read with the codec that Lucene finds by name.
final class VectorCodec extends FilterCodec {

  private static final int CONNECTIONS = 16;
  private static final int BEAM = 100;
  private static final int MERGE_THREADS = 1;

  /// A segment gets a graph where finding so many nearest in it by the graph, which takes about
  /// that many times `ln(n)` comparisons, beats looking at all its `n` vectors: from about 20,000
  /// vectors on. Smaller segments are scanned, and cost next to nothing to write and to merge.
  private static final int NEAREST_THAT_NEED_A_GRAPH = 2_000;

  private final KnnVectorsFormat vectors = new ByName();

  VectorCodec() {
    this(new Lucene104Codec());
  }

  private VectorCodec(Codec codec) {
    super(codec.getName(), codec);
  }

  @Override
  public KnnVectorsFormat knnVectorsFormat() {
    return vectors;
  }

  /// Writes the name of the format beside every field, by which Lucene finds it again.
  private static final class ByName extends PerFieldKnnVectorsFormat {

    private final KnnVectorsFormat format =
        new Wide(
            new Lucene104HnswScalarQuantizedVectorsFormat(
                ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE,
                CONNECTIONS,
                BEAM,
                MERGE_THREADS,
                null,
                NEAREST_THAT_NEED_A_GRAPH));

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
      return format;
    }
  }

  /// A format without its limit of dimensions.
  private static final class Wide extends KnnVectorsFormat {

    private final KnnVectorsFormat format;

    Wide(KnnVectorsFormat format) {
      super(format.getName());
      this.format = format;
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
      return format.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
      return format.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
      return Embeddings.DIMENSIONS;
    }
  }
}
