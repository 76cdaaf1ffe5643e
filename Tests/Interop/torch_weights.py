"""Writes the weights of a small LSTM, GPT, CNN and transformer encoder of PyTorch with what they give, as
safetensors files that `InteropTests` loads. usage: python3 Tests/Interop/torch_weights.py (needs torch and safetensors)"""
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

folder = Path(__file__).parent


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, steps, width = x.shape
        parts = self.qkv(self.norm1(x)).split(width, 2)
        q, k, v = [p.view(batch, steps, self.heads, -1).transpose(1, 2) for p in parts]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(batch, steps, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class GPT(nn.Module):
    def __init__(self, vocabulary, context, width, heads, layers):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions(torch.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


# What FakeTensor calls the parts of a GPT.
NAMES = {
    "blocks.": "body.blocks.", "norm1": "attentionNorm", "norm2": "feedForwardNorm",
    "qkv": "attention.projection", "out": "attention.output", "up": "feedForward.up",
    "down": "feedForward.down",
}


def renamed(name):
    if name.startswith("norm."):
        return "body." + name
    for old, new in NAMES.items():
        name = name.replace(old, new)
    return name


def write(file, model, rename, inputs, output):
    weights = {rename(name): value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights | {"example.input": inputs, "example.output": output}, folder / file)


torch.manual_seed(0)
with torch.no_grad():
    lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
    sequence = torch.randn(2, 5, 3)
    write("lstm.safetensors", lstm, str, sequence, lstm(sequence)[0].contiguous())
    gpt = GPT(7, 6, 8, 2, 2)
    tokens = torch.randint(0, 7, (2, 5))
    write("gpt.safetensors", gpt, renamed, tokens, gpt(tokens))
    cnn = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, (3, 2), stride=(2, 1), bias=False), nn.BatchNorm2d(6), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))
    for layer in cnn:
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias)
    # Running averages move away from 0 and 1.
    for _ in range(3):
        cnn(torch.randn(8, 2, 10, 12) * 2 + 1)
    cnn.eval()
    images = torch.randn(3, 2, 10, 12) * 2 + 1
    write("cnn.safetensors", cnn, str, images, cnn(images))
    layer = nn.TransformerEncoderLayer(
        8, 2, dim_feedforward=12, activation="gelu", batch_first=True, norm_first=True)
    encoder = nn.TransformerEncoder(
        layer, 2, norm=nn.LayerNorm(8), enable_nested_tensor=False).eval()
    for weight in encoder.parameters():
        nn.init.normal_(weight, std=0.4)
    vectors = torch.randn(2, 5, 8)
    write("encoder.safetensors", encoder, str, vectors, encoder(vectors))
