"""The networks of torch_peer.py."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def network(sizes, activation):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += ([activation()] if layers else []) + [nn.Linear(inputs, outputs)]
    return nn.Sequential(*layers)


def convolution(channels, features, stride=1, kernel=3):
    return [nn.Conv2d(channels, features, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(features)]


class Residual(nn.Module):
    def __init__(self, channels, features, stride):
        super().__init__()
        self.body = nn.Sequential(
            *convolution(channels, features, stride), nn.ReLU(), *convolution(features, features))
        self.shortcut = (nn.Identity() if stride == 1
                         else nn.Sequential(*convolution(channels, features, stride, 1)))

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.projection, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, positions, width = x.shape
        q, k, v = (part.view(batch, positions, self.heads, -1).transpose(1, 2)
                   for part in self.projection(self.before(x)).split(width, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(y.transpose(1, 2).reshape(batch, positions, width))
        return x + self.down(F.gelu(self.up(self.between(x))))


class GPT(nn.Module):
    def __init__(self, vocabulary, context, width, heads, layers):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        placed = self.tokens(x) + self.positions(torch.arange(x.shape[1], device=x.device))
        return self.head(self.norm(self.blocks(placed)))


class LastOfLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(32, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def residual_network():
    layers, channels = [*convolution(3, 16), nn.ReLU()], 16
    for features, first in ((16, 1), (32, 2), (64, 2)):
        for number in range(3):
            layers.append(Residual(channels, features, first if number == 0 else 1))
            channels = features
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
