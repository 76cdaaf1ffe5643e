// How a convolution and its two gradients are cut into work, by sizes alone.
#include "kernels.h"

static int64_t ceil_div(int64_t x, int64_t y) { return (x + y - 1) / y; }
static int64_t floor_div(int64_t x, int64_t y) { return x >= 0 ? x / y : -ceil_div(-x, y); }
static int64_t least(int64_t x, int64_t y) { return x < y ? x : y; }
static int64_t most(int64_t x, int64_t y) { return x > y ? x : y; }

// Sizes beyond this are impossible, and would overflow what is made of them.
static const int64_t LIMIT = (int64_t)1 << 40;

// x y, at most LIMIT.
static int64_t product(int64_t x, int64_t y) {
    int64_t result;
    return __builtin_mul_overflow(x, y, &result) || result > LIMIT ? LIMIT : result;
}

static void finish(ft_arranged *a) {
    int64_t columns = ceil_div(a->size[2], a->phases);
    a->row = product(a->phases, columns);
    a->plane = product(product(a->size[0], a->size[1]), a->row);
}

// The padded image that the results need, columns a stride apart side by side.
static void arrange_input(ft_convolution *c) {
    ft_arranged *a = &c->arranged;
    for (int d = 0; d < 3; d++) {
        a->size[d] = least(LIMIT, product(c->out[d] - 1, c->stride[d]) +
                                      product(c->kernel[d] - 1, c->dilation[d]) + 1);
        a->low[d] = -c->padding[d];
    }
    a->phases = c->out[2] > 1 ? c->stride[2] : 1;
    finish(a);
}

// The gradient of the output with the margins that taps reach into, for all phases of the input.
static void arrange_output(ft_convolution *c) {
    ft_arranged *a = &c->arranged;
    for (int d = 0; d < 3; d++) {
        int64_t reach = c->padding[d] - (c->kernel[d] - 1) * c->dilation[d];
        int64_t low = least(0, floor_div(reach, c->stride[d]));
        int64_t high = floor_div(c->in[d] - 1 + c->padding[d], c->stride[d]);
        a->low[d] = low;
        a->size[d] = high - low + 1;
    }
    a->phases = 1;
    finish(a);
}

int64_t ft_convolution_phase(const ft_convolution *c, const int64_t *phase, ft_grid *grid,
                             int64_t *taps) {
    const ft_arranged *a = &c->arranged;
    bool is_input = c->part == FT_CONVOLUTION_INPUT;
    int64_t count = 0;
    for (int d = 0; d < 3; d++) {
        grid->size[d] = is_input ? ceil_div(c->in[d] - phase[d], c->stride[d]) : c->out[d];
        grid->target[d] = is_input ? c->in[d] : c->out[d];
        grid->origin[d] = phase[d];
        grid->stride[d] = is_input ? c->stride[d] : 1;
        int64_t step = is_input ? 1 : c->stride[d];
        if (d < 2) grid->step[d] = step * (d == 0 ? a->size[1] * a->row : a->row);
        if (grid->size[d] < 0) grid->size[d] = 0;
    }
    for (int64_t z = 0; z < c->kernel[0]; z++) {
        for (int64_t y = 0; y < c->kernel[1]; y++) {
            for (int64_t x = 0; x < c->kernel[2]; x++) {
                int64_t tap[3] = {z, y, x}, at[3];
                bool applies = true;
                for (int d = 0; d < 3 && applies; d++) {
                    at[d] = tap[d] * c->dilation[d];
                    if (!is_input) continue;
                    int64_t distance = phase[d] + c->padding[d] - at[d];
                    applies = distance % c->stride[d] == 0;
                    at[d] = floor_div(distance, c->stride[d]) - a->low[d];
                }
                if (!applies) continue;
                grid->offset[count] = (at[0] * a->size[1] + at[1]) * a->row +
                                      at[2] % a->phases * (a->row / a->phases) + at[2] / a->phases;
                if (taps) taps[count] = (z * c->kernel[1] + y) * c->kernel[2] + x;
                count++;
            }
        }
    }
    grid->taps = count;
    return count;
}

// Bytes that can't be counted.
static void refuse(ft_convolution *c) {
    c->tasks = 0;
    c->task_bytes = c->shared_bytes = -1;
}

static void refuse_excess(ft_convolution *c) {
    if (c->task_bytes >= LIMIT || c->shared_bytes >= LIMIT) refuse(c);
}

static void plan_directly(ft_convolution *c, int part) {
    c->part = part;
    c->prepared = part == FT_CONVOLUTION_INPUT ? c->groups * c->channels : 0;
    c->taps = c->kernel[0] * c->kernel[1] * c->kernel[2];
    c->joined = part == FT_CONVOLUTION_WEIGHT ? c->groups * c->channels * c->taps : 0;
    bool is_input = part == FT_CONVOLUTION_INPUT;
    for (int d = 0; d < 3; d++) c->phases[d] = least(c->stride[d], c->in[d]);
    if (is_input) {
        arrange_output(c);
    } else {
        arrange_input(c);
    }
    if (c->arranged.plane >= LIMIT || product(c->taps, 16) >= LIMIT) return refuse(c);
    int64_t size = c->dtype == FT_F32 ? 4 : 8, slack = 64, tables = 2 * c->taps * 8 + 256;
    int64_t inner = is_input ? c->features : c->channels;
    int64_t rows = is_input ? c->channels : c->features;
    if (part != FT_CONVOLUTION_WEIGHT) {
        int64_t jobs = c->images * c->groups;
        int64_t pixels = is_input ? c->in[0] * c->in[1] * c->in[2] : c->out[0] * c->out[1] * c->out[2];
        // A panel is at most 32 pixels; pieces of fewer than eight would arrange the image for
        // little.
        c->pieces = jobs >= 16 ? 1 : most(1, least(ceil_div(16, most(1, jobs)), pixels / 256));
        c->tasks = jobs * c->pieces;
        int64_t panels = product(inner, c->arranged.plane) + rows * FT_WIDEST_PANEL + 2 * slack;
        c->shared_bytes = is_input ? product(product(c->groups * rows, inner), c->taps * size) : 0;
        c->task_bytes = product(panels, size) + tables;
        refuse_excess(c);
        return;
    }
    // Whole channels, about as many rows as stay in the second-level cache with a run of pixels.
    c->block = most(1, least(c->channels, 192 / c->taps));
    c->blocks = ceil_div(c->channels, c->block);
    c->parts = most(1, least(c->images, ceil_div(16, c->blocks * c->groups)));
    c->tasks = c->parts * c->groups * c->blocks;
    c->padded_features = ceil_div(c->features, 16) * 16;
    int64_t rows_bytes = product(c->padded_features, size);
    c->shared_bytes = product(product(c->parts * c->groups * c->channels, c->taps), rows_bytes);
    int64_t pitch = ft_product_pitch(least(FT_PRODUCT_DEPTH, c->out[0] * c->out[1] * c->out[2]));
    int64_t block = product(c->block, c->arranged.plane + c->taps * (pitch + 16)) + 2 * slack;
    c->task_bytes = product(block, size) + tables;
    refuse_excess(c);
}

void ft_convolution_plan(ft_convolution *c, int part) {
    bool mayBeFewer = c->winograd;
    c->winograd = false;
    plan_directly(c, part);
    if (mayBeFewer && c->task_bytes >= 0) ft_winograd_plan(c);
}
