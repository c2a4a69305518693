"""GPT-2 in PyTorch, one round for each line read from standard input.

Arguments: threads, file of weights (little-endian float32, tensor after tensor in the order of
Weights.parameters()), layers, width, heads, vocabulary, positions, sequences, length, epsilon, seed
of nothing: token ids follow as one comma-separated argument.

Orders: "forward" and "train" do the work once and answer "done"; "logits ROW COUNT STEP" answers
COUNT logits of a row, every STEP-th; "gradient INDEX COUNT STEP" the same for the gradient of the
INDEX-th tensor. The first line written names PyTorch and the BLAS library it uses.
"""
import sys

import torch
import torch.nn.functional as F

threads = int(sys.argv[1])
file = sys.argv[2]
layers, width, heads, vocabulary, positions, sequences, length = map(int, sys.argv[3:10])
epsilon = float(sys.argv[10])
ids = torch.tensor([int(i) for i in sys.argv[11].split(",")])
torch.set_num_threads(threads)

extents = [(vocabulary, width), (positions, width)]
for _ in range(layers):
    extents += [(width,), (width,)]
    extents += [(width, width), (width,)] * 4
    extents += [(width,), (width,), (4 * width, width), (4 * width,), (width, 4 * width), (width,)]
extents += [(width,), (width,)]
sizes = [torch.Size(e).numel() for e in extents]
flat = torch.from_file(file, size=sum(sizes), dtype=torch.float32)
tensors = [t.reshape(e).clone() for t, e in zip(flat.split(sizes), extents)]

# One product for query, key and value: the fastest form for PyTorch.
PER_LAYER = 16
blocks = []
for layer in range(layers):
    p = tensors[2 + PER_LAYER * layer : 2 + PER_LAYER * (layer + 1)]
    joined = [torch.cat([p[2], p[4], p[6]]), torch.cat([p[3], p[5], p[7]])]
    blocks.append([p[0], p[1]] + joined + p[8:])
tokens, places, gain, bias = tensors[0], tensors[1], tensors[-2], tensors[-1]
trained = [tokens, places, gain, bias] + [t for block in blocks for t in block]
mask = torch.full((length, length), float("-inf")).triu(1)
where = torch.arange(length).repeat(sequences)


def attention(x):
    q, k, v = (
        t.view(sequences, length, heads, width // heads).transpose(1, 2)
        for t in x.split(width, dim=1)
    )
    if hasattr(F, "scaled_dot_product_attention"):
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    else:
        z = torch.softmax(q @ k.transpose(2, 3) * (width // heads) ** -0.5 + mask, -1) @ v
    return z.transpose(1, 2).reshape(sequences * length, width)


def forward():
    x = F.embedding(ids, tokens) + F.embedding(where, places)
    for g1, b1, wqkv, bqkv, wo, bo, g2, b2, up, bup, down, bdown in blocks:
        z = attention(F.linear(F.layer_norm(x, (width,), g1, b1, epsilon), wqkv, bqkv))
        x = x + F.linear(z, wo, bo)
        h = F.linear(F.layer_norm(x, (width,), g2, b2, epsilon), up, bup)
        x = x + F.linear(F.gelu(h, approximate="tanh"), down, bdown)
    return F.linear(F.layer_norm(x, (width,), gain, bias, epsilon), tokens)


def train():
    for t in trained:
        t.grad = None
    result = forward()
    F.cross_entropy(result, ids).backward()
    return result.detach()


def gradient(index):
    if index < 2:
        return trained[index].grad
    block, place = blocks[(index - 2) // PER_LAYER], (index - 2) % PER_LAYER
    return block[place if place < 2 else place - 4].grad


def blas():
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        found = {line.split("/")[-1].strip() for line in maps if "blas" in line or "mkl" in line}
    return ", ".join(sorted(found)) or "unknown BLAS"


print("PyTorch", torch.__version__, "with", blas(), flush=True)
logits = None
for line in sys.stdin:
    order = line.split()
    if order[0] == "forward":
        with torch.inference_mode():
            logits = forward()
        print("done", flush=True)
    elif order[0] == "train":
        for t in trained:
            t.requires_grad_(True)
        logits = train()
        print("done", flush=True)
    else:
        row, count, step = map(int, order[1:])
        source = logits[row] if order[0] == "logits" else gradient(row).flatten()
        print(*(float(source[i * step]) for i in range(count)), flush=True)
