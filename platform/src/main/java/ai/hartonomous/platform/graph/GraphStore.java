package ai.hartonomous.platform.graph;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Keeps the graphs of all users apart from each other. Every method sees the rows of one user
/// alone. Safe for use by many threads.
public interface GraphStore extends AutoCloseable {

  /// {@return what it is, such as `Neo4j 5.26`}
  String name();

  /// Goes to the store, takes a step of a walk there, and comes back.
  void check();

  /// Stores a circuit with its features and edges, all or nothing. Doing it again changes nothing
  /// but times.
  ///
  /// @param user whose graph
  /// @param draft what to store; each feature and each edge once, borrowed features stored before
  /// @return the circuit as it now is
  Circuit save(String user, CircuitDraft draft);

  /// {@return a circuit, if the user has it}
  ///
  /// @param user whose graph
  /// @param id its id
  Optional<Circuit> circuit(String user, UUID id);

  /// {@return circuits of the user by rising id}
  ///
  /// @param user whose graph
  /// @param after ids up to this one are left out
  /// @param limit most circuits
  List<Circuit> circuits(String user, UUID after, int limit);

  /// {@return ids of the circuits that were made from an analysis or agent}
  ///
  /// @param user whose graph
  /// @param origin id of the analysis or agent
  List<UUID> circuitsFrom(String user, UUID origin);

  /// Removes a circuit, and those of its features that no other circuit has with their edges.
  ///
  /// @param user whose graph
  /// @param id its id
  /// @return whether there was one
  boolean delete(String user, UUID id);

  /// {@return those of the features that there are, by id}
  ///
  /// @param scope where to look
  /// @param ids ids of features
  List<Feature> features(Scope scope, Collection<String> ids);

  /// {@return what lies around a feature; empty if the feature is not there, or nothing wanted is}
  ///
  /// @param scope edges and features that count
  /// @param walk from where, and how far
  Neighbourhood neighbourhood(Scope scope, Walk walk);

  /// {@return all edges that lie on a way from one feature to another, by their keys}
  ///
  /// @param scope edges and features that count
  /// @param ends the features, and which ways count
  /// @throws TooLargeException if there are too many
  List<Influence> between(Scope scope, Ends ends);

  /// {@return everything in the scope}
  ///
  /// @param scope what to read
  /// @param mostFeatures most features
  /// @param mostInfluences most edges
  /// @throws TooLargeException if there is more
  Subgraph read(Scope scope, int mostFeatures, int mostInfluences);

  /// {@return agents that retain a feature, by id}
  ///
  /// @param user whose graph
  /// @param featureId the feature
  List<UUID> agents(String user, String featureId);

  @Override
  void close();

  /// Two features, and which ways between them count.
  ///
  /// @param fromId where ways begin
  /// @param toId where they end
  /// @param length most edges of a way, at least 1
  /// @param minStrength edges of less absolute strength do not count
  /// @param most most edges to read
  record Ends(String fromId, String toId, int length, double minStrength, int most) {}
}
