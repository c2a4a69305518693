"""One training step of a skip transcoder in PyTorch for each line read from standard input.

Arguments: threads, file of numbers (little-endian float32: encoder, decoder, inputs, targets), how
to decode ("dense" or "bag"), rows, width, latents, k, learning rate.

y = TopK(ReLU(W_enc x + b_enc)) W_dec + W_skip x + b_dec; the loss is the fraction of variance
unexplained; Adam moves everything.

Orders: "step" does one and answers "done"; "loss" answers the loss of the last step; "encoder COUNT
STEP" and "decoder COUNT STEP" answer COUNT numbers of that matrix, every STEP-th. The first line
written names PyTorch, the BLAS library it uses and how it decodes.
"""
import sys

import torch
import torch.nn.functional as F

threads = int(sys.argv[1])
file, decode = sys.argv[2:4]
rows, width, latents, k = map(int, sys.argv[4:8])
rate = float(sys.argv[8])
torch.set_num_threads(threads)

extents = [(latents, width), (latents, width), (rows, width), (rows, width)]
sizes = [a * b for a, b in extents]
flat = torch.from_file(file, size=sum(sizes), dtype=torch.float32)
encoder, decoder, x, y = (t.reshape(e).clone() for t, e in zip(flat.split(sizes), extents))
encoder_bias = torch.zeros(latents)
decoder_bias = torch.zeros(width)
skip = torch.zeros(width, width)
trained = [encoder, decoder, encoder_bias, decoder_bias, skip]
for t in trained:
    t.requires_grad_(True)
# The loop over tensors: faster on a CPU than the joined form.
optimizer = torch.optim.Adam(trained, lr=rate, foreach=False)


def predict():
    z = torch.relu(F.linear(x, encoder, encoder_bias))
    values, indices = z.topk(k, dim=1, sorted=False)
    if decode == "dense":
        decoded = torch.zeros_like(z).scatter(1, indices, values) @ decoder
    else:
        decoded = F.embedding_bag(indices, decoder, per_sample_weights=values, mode="sum")
    return decoded + F.linear(x, skip, decoder_bias)


def step():
    optimizer.zero_grad(set_to_none=True)
    result = (predict() - y).square().sum() / (y - y.mean(0)).square().sum()
    result.backward()
    optimizer.step()
    return result.item()


def blas():
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        found = {line.split("/")[-1].strip() for line in maps if "blas" in line or "mkl" in line}
    return ", ".join(sorted(found)) or "unknown BLAS"


print("PyTorch", torch.__version__, decode, "with", blas(), flush=True)
loss = 0.0
for line in sys.stdin:
    order = line.split()
    if order[0] == "step":
        loss = step()
        print("done", flush=True)
    elif order[0] == "loss":
        print(loss, flush=True)
    else:
        source = (encoder if order[0] == "encoder" else decoder).detach().flatten()
        count, stride = map(int, order[1:])
        print(*(float(source[i * stride]) for i in range(count)), flush=True)
