package ai.hartonomous.model.constrain;

import java.util.List;

/// Makes forms of rules.
final class RuleForms {

  private final Forms forms;
  private final JsonForms json;
  private final TextForms text;

  RuleForms(Forms forms) {
    this.forms = forms;
    json = new JsonForms(forms);
    text = new TextForms(forms);
  }

  int of(Rule rule) throws SchemaException {
    return switch (rule) {
      case Rule.Fixed(String fixed) -> forms.literal(fixed);
      case Rule.Json(var schema) -> new SchemaForms(forms, json, schema).root();
      case Rule.AnyObject() -> json.object();
      case Rule.Sequence(List<Rule> parts) -> forms.sequence(all(parts));
      case Rule.Choice(List<Rule> parts) -> forms.choice(all(parts));
      case Rule.Free(String mark) -> text.anyTextBut(mark);
    };
  }

  private int[] all(List<Rule> rules) throws SchemaException {
    int[] parts = new int[rules.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = of(rules.get(i));
    }
    return parts;
  }
}
