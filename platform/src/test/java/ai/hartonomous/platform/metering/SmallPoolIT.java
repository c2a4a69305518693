package ai.hartonomous.platform.metering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.metering.UsageEvent.Agent;
import ai.hartonomous.platform.metering.UsageLog.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two connections to the database are enough for any number of calls at once: none of them needs a
/// second one while it holds the first.
class SmallPoolIT {

  private static final int USERS = 8;

  @TempDir private static Path folder;
  private static TestServer server;

  private final String mark = UUID.randomUUID().toString().substring(0, 8);

  @BeforeAll
  static void start() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.put("spring.datasource.hikari.maximum-pool-size", "2");
    settings.put(
        "spring.datasource.hikari.connection-timeout", "30000"); // then who waits in a ring fails
    server = new TestServer(data, settings);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
    List<T> done = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<T> one : executor.invokeAll(calls)) {
        done.add(one.get());
      }
    }
    return done;
  }

  @Test
  void logsThatNobodyHasYetAreMadeOnceAndLoseNothing() throws Exception {
    UsageLog log = server.bean(UsageLog.class);
    var calls = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < 4 * USERS; i++) {
      String user = mark + "-log-" + i % USERS;
      var entry =
          new Entry(
              "call-" + i / USERS % 2, // half of them come twice
              Instant.parse("2026-05-01T00:00:00Z"),
              new Agent(new UUID(1, 1), "agent"),
              new Use(1, 0, 1, 1, 0));
      calls.add(() -> log.add(user, List.of(entry)));
    }

    List<Integer> added = together(calls);

    assertThat(added).filteredOn(it -> it == 1).hasSize(2 * USERS);
    for (int i = 0; i < USERS; i++) {
      assertThat(numbers(mark + "-log-" + i)).containsExactly(1, 2);
    }
  }

  private static List<Integer> numbers(String user) throws Exception {
    JsonNode items = server.get(user, "/v1/usage?limit=500").json().get("items");
    return items.valueStream().map(it -> it.at("/data/number").asInt()).toList();
  }

  @Test
  void firstCallsOfManyUsersAtOnceAreChargedOnceEach() throws Exception {
    var calls = new ArrayList<Callable<Answer>>();
    for (int i = 0; i < USERS; i++) {
      String user = mark + "-caller-" + i;
      UUID agent = AgentFixture.store(server, user, "letters", null);
      assertThat(server.post(user, "/v1/agents/" + agent + "/deployments", "").status())
          .isEqualTo(201);
      String body =
          "{\"model\":\"letters\",\"prompt\":\"a b c\",\"temperature\":0,\"max_tokens\":2}";
      for (int call = 0; call < 2; call++) {
        calls.add(() -> server.post(user, "/openai/v1/completions", body));
      }
    }

    List<Answer> answers = together(calls);

    assertThat(answers).extracting(Answer::status).containsOnly(200);
    for (int i = 0; i < USERS; i++) {
      assertThat(numbers(mark + "-caller-" + i)).containsExactly(1, 2);
    }
  }
}
