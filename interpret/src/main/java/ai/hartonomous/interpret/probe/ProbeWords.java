package ai.hartonomous.interpret.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Patterns and words of the probe texts, from the resource `probe-texts.txt`: lines `words SLOT:`
/// with the words that fill a slot, and lines `DOMAIN:` with a pattern.
final class ProbeWords {
  private static final String RESOURCE = "probe-texts.txt";
  private static final String WORDS = "words ";

  private final Map<String, List<String>> words = new TreeMap<>();
  private final Map<String, List<String>> patterns = new TreeMap<>();

  private ProbeWords() {}

  /// {@return the patterns and words}
  static ProbeWords load() {
    var loaded = new ProbeWords();
    try (InputStream in = ProbeWords.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + RESOURCE);
      }
      var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        loaded.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return loaded;
  }

  private void add(String line) {
    int colon = line.indexOf(": ");
    String name = line.substring(0, colon);
    String text = line.substring(colon + 2);
    if (name.startsWith(WORDS)) {
      words.put(name.substring(WORDS.length()), List.of(text.split(" ")));
    } else {
      patterns.computeIfAbsent(name, domain -> new ArrayList<>()).add(text);
    }
  }

  /// {@return words that fill a slot}
  List<String> words(String slot) {
    List<String> found = words.get(slot);
    if (found == null) {
      throw new IllegalStateException("no words for " + slot);
    }
    return found;
  }

  /// {@return names of all domains, rising}
  List<String> domains() {
    return List.copyOf(patterns.keySet());
  }

  /// {@return patterns of a domain}
  List<String> patterns(String domain) {
    return patterns.getOrDefault(domain, List.of());
  }
}
