package ai.hartonomous.platform.vector;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocAndFloatFeatureBuffer;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;

/// Finds the nearest vectors among the documents that a filter lets through. Candidates are found
/// by one bit for each number, and ordered by the full numbers.
///
/// Candidates come from a scan of all documents of the filter where there are few enough, which has
/// no trouble with any filter, and from the graph (HNSW: Malkov and Yashunin, "Efficient and robust
/// approximate nearest neighbor search", 2016, arXiv:1603.09320) where there are more.
final class VectorSearch {

  /// Documents whose full numbers are all looked at.
  static final int MOST_EXACT = 2_000;

  /// Documents that are scanned rather than searched by the graph.
  static final int MOST_SCANNED = 20_000;

  /// Documents of a segment that are looked at by their full numbers, since making one bit of each
  /// number of the target, which every segment does by its own mean, costs more than that.
  private static final int MOST_EXACT_IN_SEGMENT = 128;

  private static final int LEAST_CANDIDATES = 200;
  private static final int CANDIDATES_FOR_EACH = 4;

  private final IndexSearcher searcher;
  private final Query filter;
  private final float[] target;
  private final int count;

  /// Prepares a search.
  ///
  /// @param searcher of the index
  /// @param filter documents to look at
  /// @param target of length 1
  /// @param count how many to find
  VectorSearch(IndexSearcher searcher, Query filter, float[] target, int count) {
    this.searcher = searcher;
    this.filter = filter;
    this.target = target;
    this.count = count;
  }

  /// {@return the nearest, nearest first}
  ///
  /// @param most documents that may be there at most, such as those of the user
  /// @throws IOException if the index cannot be read
  List<ScoreDoc> nearest(int most) throws IOException {
    int documents = most <= MOST_EXACT ? most : searcher.count(filter);
    if (documents <= MOST_EXACT) {
      return exactly();
    }
    int candidates = Math.max(LEAST_CANDIDATES, CANDIDATES_FOR_EACH * count);
    boolean few = documents <= MOST_SCANNED;
    return best(few ? scan(candidates, false) : walk(candidates));
  }

  /// {@return the nearest by the full numbers of every document}
  ///
  /// @throws IOException if the index cannot be read
  List<ScoreDoc> exactly() throws IOException {
    return scan(count, true);
  }

  private List<ScoreDoc> walk(int candidates) throws IOException {
    var query = new KnnFloatVectorQuery(VectorDocument.VECTOR, target, candidates, filter);
    TopDocs found = searcher.search(query, candidates);
    return List.of(found.scoreDocs);
  }

  private List<ScoreDoc> scan(int most, boolean fully) throws IOException {
    Weight weight =
        searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
    var best = new PriorityQueue<ScoreDoc>(most + 1, WORST_FIRST);
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      Scorer scorer = weight.scorer(leaf);
      FloatVectorValues values = leaf.reader().getFloatVectorValues(VectorDocument.VECTOR);
      if (scorer != null && values != null) {
        DocIdSetIterator documents = scorer.iterator();
        boolean few = documents.cost() <= MOST_EXACT_IN_SEGMENT;
        VectorScorer distances = fully || few ? values.rescorer(target) : values.scorer(target);
        if (distances != null) { // there may be no vectors in a segment
          scan(leaf, documents, distances, best, most);
        }
      }
    }
    List<ScoreDoc> found = new ArrayList<>(best);
    found.sort(BEST_FIRST);
    return found;
  }

  private static void scan(
      LeafReaderContext leaf,
      DocIdSetIterator documents,
      VectorScorer distances,
      PriorityQueue<ScoreDoc> best,
      int most)
      throws IOException {
    VectorScorer.Bulk bulk = distances.bulk(documents);
    var buffer = new DocAndFloatFeatureBuffer();
    Bits live = leaf.reader().getLiveDocs();
    while (true) {
      bulk.nextDocsAndScores(DocIdSetIterator.NO_MORE_DOCS, null, buffer);
      if (buffer.size == 0) {
        return;
      }
      for (int i = 0; i < buffer.size; i++) {
        float score = buffer.features[i];
        boolean good = best.size() < most || score >= best.element().score;
        if (good && (live == null || live.get(buffer.docs[i]))) {
          keep(best, new ScoreDoc(leaf.docBase + buffer.docs[i], score), most);
        }
      }
    }
  }

  private static void keep(PriorityQueue<ScoreDoc> best, ScoreDoc found, int most) {
    if (best.size() < most) {
      best.add(found);
    } else if (WORST_FIRST.compare(found, best.element()) > 0) {
      best.remove();
      best.add(found);
    }
  }

  private static final Comparator<ScoreDoc> WORST_FIRST =
      Comparator.comparingDouble((ScoreDoc found) -> found.score)
          .thenComparing(Comparator.comparingInt((ScoreDoc found) -> found.doc).reversed());
  private static final Comparator<ScoreDoc> BEST_FIRST = WORST_FIRST.reversed();

  /// {@return the best of the candidates by their full numbers}
  private List<ScoreDoc> best(List<ScoreDoc> candidates) throws IOException {
    List<ScoreDoc> ordered = new ArrayList<>(candidates);
    ordered.sort(Comparator.comparingInt(found -> found.doc));
    List<ScoreDoc> scored = new ArrayList<>(ordered.size());
    int next = 0;
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      int end = leaf.docBase + leaf.reader().maxDoc();
      VectorScorer distances = null;
      for (; next < ordered.size() && ordered.get(next).doc < end; next++) {
        if (distances == null) {
          distances = leaf.reader().getFloatVectorValues(VectorDocument.VECTOR).rescorer(target);
        }
        int document = ordered.get(next).doc;
        distances.iterator().advance(document - leaf.docBase);
        scored.add(new ScoreDoc(document, distances.score()));
      }
    }
    scored.sort(BEST_FIRST);
    return scored.subList(0, Math.min(count, scored.size()));
  }
}
