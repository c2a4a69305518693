package ai.hartonomous.bench.onnx;

import java.util.ArrayList;
import java.util.List;

/// One operation of a graph.
public final class Node {
  /// Domain of ONNX Runtime's own operators.
  private static final String MICROSOFT = "com.microsoft";

  private final String type;
  private final String domain;
  private final List<String> inputs;
  private final List<String> outputs = new ArrayList<>();
  private final List<Protobuf> attributes = new ArrayList<>();

  private Node(String type, String domain, List<String> inputs) {
    this.type = type;
    this.domain = domain;
    this.inputs = inputs;
  }

  /// {@return an operation of the ONNX standard}
  ///
  /// @param type name such as `MatMul`
  /// @param inputs names of values; an empty name leaves an optional input out
  public static Node of(String type, String... inputs) {
    return new Node(type, "", List.of(inputs));
  }

  /// {@return an operation that only ONNX Runtime has}
  ///
  /// @param type name such as `FastGelu`
  /// @param inputs names of values; an empty name leaves an optional input out
  public static Node contributed(String type, String... inputs) {
    return new Node(type, MICROSOFT, List.of(inputs));
  }

  /// {@return this, with an integer attribute added}
  ///
  /// @param name of the attribute
  /// @param value its value
  public Node with(String name, long value) {
    attributes.add(new Protobuf().text(1, name).number(3, value).number(20, 2));
    return this;
  }

  /// {@return this, with a number attribute added}
  ///
  /// @param name of the attribute
  /// @param value its value
  public Node with(String name, float value) {
    attributes.add(new Protobuf().text(1, name).real(2, value).number(20, 1));
    return this;
  }

  /// {@return this, with an attribute of several integers added}
  ///
  /// @param name of the attribute
  /// @param values its values
  public Node withAll(String name, long... values) {
    Protobuf attribute = new Protobuf().text(1, name);
    for (long value : values) {
      attribute.number(8, value);
    }
    attributes.add(attribute.number(20, 7));
    return this;
  }

  /// {@return this, with the names of its results}
  ///
  /// @param names an empty name leaves an optional result out
  public Node to(String... names) {
    outputs.addAll(List.of(names));
    return this;
  }

  Protobuf message() {
    Protobuf message = new Protobuf();
    inputs.forEach(input -> message.text(1, input));
    outputs.forEach(output -> message.text(2, output));
    message.text(3, outputs.getFirst()).text(4, type);
    attributes.forEach(attribute -> message.message(5, attribute));
    return message.text(7, domain);
  }
}
