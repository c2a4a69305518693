/// The engines we are measured against: OpenBLAS and ONNX Runtime in this process, PyTorch in a
/// child process.
@NullMarked
package ai.hartonomous.bench.peer;

import org.jspecify.annotations.NullMarked;
