// Which convolutions go by fewer products, and how they are cut into work, by sizes alone.
#include "kernels.h"

enum { POINTS = 16, FEWEST = 16, MOST = FT_PRODUCT_DEPTH, LEAST_RESULTS = 64, SLACK = 64 };

static int64_t least(int64_t x, int64_t y) { return x < y ? x : y; }
static int64_t most(int64_t x, int64_t y) { return x > y ? x : y; }
static int64_t ceil_div(int64_t x, int64_t y) { return (x + y - 1) / y; }

// Kernels of 3 by 3 without gaps over whole images, with enough channels and results that the
// transforms are worth it, and not so many that a sum comes in runs. The weight's gradient, whose
// sums of 16 points are many, needs more of both.
static bool pays(const ft_convolution *c) {
    const int64_t *size = c->part == FT_CONVOLUTION_INPUT ? c->in : c->out;
    if (c->dtype != FT_F32 || c->kernel[0] != 1 || c->in[0] != 1 || c->padding[0] != 0) return false;
    for (int d = 0; d < 3; d++) {
        if (c->stride[d] != 1 || c->dilation[d] != 1) return false;
        if (d > 0 && (c->kernel[d] != 3 || c->padding[d] < 0 || c->padding[d] > 2)) return false;
    }
    if (least(c->channels, c->features) < FEWEST || most(c->channels, c->features) > MOST) {
        return false;
    }
    if (size[1] < 4 || size[2] < 4) return false;
    if (c->part != FT_CONVOLUTION_WEIGHT) return size[1] * size[2] >= LEAST_RESULTS;
    return c->channels * c->features >= 1024 && size[1] * size[2] >= 4 * LEAST_RESULTS;
}

// The image that all tiles need; a plane of it is in eight parts, with room for a vector each.
static void arrange(ft_convolution *c) {
    ft_arranged *a = &c->arranged;
    for (int d = 1; d < 3; d++) a->size[d] = 2 * c->tiles[d - 1] + 2;
    a->phases = 1;
    a->row = a->size[2];
    a->plane = 8 * ((c->tiles[0] + 1) * c->tiles[1] + 16);
}

// The elements of a row with its margins, and of what vectors read and write behind it.
static int64_t whole(const ft_convolution *c) { return c->arranged.row + SLACK; }

static void plan_results(ft_convolution *c) {
    bool is_input = c->part == FT_CONVOLUTION_INPUT;
    int64_t rows = is_input ? c->channels : c->features;
    int64_t inner = is_input ? c->features : c->channels, jobs = c->images * c->groups;
    // Pieces are ranges of rows: each transforms the image again.
    c->pieces = jobs >= 16 ? 1 : most(1, least(ceil_div(16, most(1, jobs)), rows / 16));
    c->tasks = jobs * c->pieces;
    c->prepared = c->groups * rows;
    c->filters = c->shared_bytes;
    c->shared_bytes += c->groups * rows * inner * POINTS * 4;
    int64_t patches = POINTS * (inner * FT_WIDEST_PANEL + SLACK);
    int64_t bytes = (inner * c->arranged.plane + 2 * SLACK + patches + whole(c)) * 4;
    c->task_bytes = most(c->task_bytes, bytes);
}

static void plan_weight(ft_convolution *c) {
    c->block = least(c->channels, 64);
    c->blocks = ceil_div(c->channels, c->block);
    c->parts = most(1, least(c->images, ceil_div(16, c->blocks * c->groups)));
    c->tasks = c->parts * c->groups * c->blocks;
    c->joined = c->groups * c->channels;
    int64_t width = c->padded_features, tiles = ft_winograd_rows(c) * c->tiles[1];
    c->shared_bytes = c->parts * c->groups * POINTS * c->channels * width * 4;
    int64_t patches = POINTS * (c->block * (tiles + SLACK) + SLACK);
    int64_t gradients = (POINTS + 4) * tiles * width + width;
    int64_t image = c->block * c->arranged.plane + whole(c);
    c->task_bytes = (image + patches + gradients + 3 * SLACK) * 4;
}

void ft_winograd_plan(ft_convolution *c) {
    if (!pays(c)) return;
    ft_convolution direct = *c;
    const int64_t *size = c->part == FT_CONVOLUTION_INPUT ? c->in : c->out;
    for (int d = 1; d < 3; d++) c->tiles[d - 1] = (size[d] + 1) / 2;
    arrange(c);
    if (c->part == FT_CONVOLUTION_WEIGHT) {
        plan_weight(c);
    } else {
        plan_results(c);
    }
    c->winograd = c->task_bytes < (int64_t)1 << 40 && c->shared_bytes < (int64_t)1 << 40;
    if (!c->winograd) *c = direct;
}

bool ft_convolution_is_finite(const ft_convolution *c) {
    const float *weight = c->weight;
    int64_t count = c->groups * c->features * c->channels * c->taps;
    float spoiled = 0;
    for (int64_t i = 0; i < count; i++) spoiled += weight[i] * 0;
    return spoiled == 0;
}
