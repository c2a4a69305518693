package ai.hartonomous.platform.query;

import org.hibernate.boot.model.FunctionContributions;
import org.hibernate.boot.model.FunctionContributor;
import org.hibernate.dialect.SQLServerDialect;
import org.hibernate.type.StandardBasicTypes;

/// Lets HQL call `json_text(document, path)` and `json_number(document, path)`, which every
/// database has from the migrations. The path is a parameter of the statement.
public final class JsonFunctions implements FunctionContributor {

  /// Hibernate makes it.
  public JsonFunctions() {}

  @Override
  public void contributeFunctions(FunctionContributions contributions) {
    boolean schema = contributions.getDialect() instanceof SQLServerDialect;
    String prefix = schema ? "dbo." : "";
    var types = contributions.getTypeConfiguration().getBasicTypeRegistry();
    var functions = contributions.getFunctionRegistry();
    functions.registerPattern(
        "json_text", prefix + "json_text(?1,?2)", types.resolve(StandardBasicTypes.STRING));
    functions.registerPattern(
        "json_number", prefix + "json_number(?1,?2)", types.resolve(StandardBasicTypes.DOUBLE));
  }
}
