package ai.hartonomous.samples.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Question to SQL over ten tables: one or two columns, all columns or a count; a city and a
/// numeric condition, each optional; an order, ascending or descending; a limit.
public record Sql() implements Skill {

  static final List<String> TABLES =
      List.of(
          "clients", "orders", "books", "cars", "hotels", "films", "teams", "shops", "rooms",
          "flights");

  /// Column and the word that asks for it.
  record Column(String name, String plural) {}

  static final List<Column> SHOWN =
      List.of(
          new Column("name", "names"),
          new Column("email", "emails"),
          new Column("code", "codes"),
          new Column("owner", "owners"),
          new Column("city", "cities"),
          new Column("price", "prices"),
          new Column("year", "years"));

  private static final List<String> NUMERIC = List.of("price", "year", "age", "size", "rating");

  @Override
  public String name() {
    return "sql";
  }

  @Override
  public String description() {
    return "a question about one of ten tables becomes a SELECT statement";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    var question = new StringBuilder("SQL: ");
    var query = new StringBuilder("SELECT ");
    boolean list = !Words.chance(random, 20);
    String limit = list && Words.chance(random, 25) ? Integer.toString(random.nextInt(2, 10)) : "";
    if (!limit.isEmpty()) {
      question.append("first ").append(limit).append(' ');
    }
    if (list) {
      columns(random, question, query);
    } else {
      question.append("number");
      query.append("COUNT(*)");
    }
    String table = Words.pick(random, TABLES);
    question.append(" of ").append(table);
    query.append(" FROM ").append(table);
    conditions(random, question, query);
    if (list && Words.chance(random, 50)) {
      order(random, question, query);
    }
    if (!limit.isEmpty()) {
      query.append(" LIMIT ").append(limit);
    }
    return Exercise.of(question.toString(), query.toString());
  }

  private static void columns(RandomGenerator random, StringBuilder question, StringBuilder query) {
    Column first = Words.pick(random, SHOWN);
    question.append(first.plural());
    query.append(first.name());
    Column second = Words.pick(random, SHOWN);
    if (!second.equals(first) && Words.chance(random, 50)) {
      question.append(" and ").append(second.plural());
      query.append(", ").append(second.name());
    }
  }

  private static void conditions(
      RandomGenerator random, StringBuilder question, StringBuilder query) {
    List<String> conditions = new ArrayList<>();
    if (Words.chance(random, 60)) {
      String city = Words.pick(random, Words.CITIES);
      question.append(" in ").append(city);
      conditions.add("city = '" + city + "'");
    }
    if (Words.chance(random, 40)) {
      String column = Words.pick(random, NUMERIC);
      boolean over = random.nextBoolean();
      int bound = random.nextInt(10, 100);
      question.append(" with ").append(column).append(over ? " over " : " under ").append(bound);
      conditions.add(column + (over ? " > " : " < ") + bound);
    }
    if (!conditions.isEmpty()) {
      query.append(" WHERE ").append(String.join(" AND ", conditions));
    }
  }

  private static void order(RandomGenerator random, StringBuilder question, StringBuilder query) {
    String column = Words.pick(random, NUMERIC);
    question.append(" by ").append(column);
    query.append(" ORDER BY ").append(column);
    if (Words.chance(random, 40)) {
      question.append(" descending");
      query.append(" DESC");
    }
  }
}
