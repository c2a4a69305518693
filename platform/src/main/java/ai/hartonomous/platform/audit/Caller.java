package ai.hartonomous.platform.audit;

/// Who sends the current request, and where it is noted what they do.
public interface Caller {

  /// {@return their name}
  String name();

  /// Notes what they do.
  ///
  /// @param action what is done, at most 50 letters
  /// @param target what it is done to; no secrets
  void does(String action, String target);
}
