/// Writes ONNX models: the graphs that ONNX Runtime runs as our peer, with our weights in them.
///
/// Format (protobuf, proto3 wire encoding, only what is used here; field numbers in brackets):
/// `ModelProto` = ir_version [1], producer_name [2], graph [7], opset_import [8] of domain [1] and
/// version [2]. `GraphProto` = node [1], name [2], initializer [5], input [11], output [12].
/// `NodeProto` = input [1], output [2], name [3], op_type [4], attribute [5], domain [7].
/// `AttributeProto` = name [1], f [2], i [3], ints [8], type [20]. `TensorProto` = dims [1],
/// data_type [2], name [8], raw_data [9] (little-endian). `ValueInfoProto` = name [1], type [2]
/// with tensor_type [1] of elem_type [1] and shape [2] of dim [1] of dim_value [1]. A file must
/// stay below 2 GiB.
@NullMarked
package ai.hartonomous.bench.onnx;

import org.jspecify.annotations.NullMarked;
