// Convolutions and pooling: convolutions against their definition, pooling against the CPU's.
#include "layers.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

struct geometry {
    const char *name;
    int64_t images, groups, channels, features;
    int64_t in[3], kernel[3], stride[3], dilation[3], padding[3];
};
const geometry geometries[] = {
    {"plain", 2, 1, 3, 5, {1, 8, 9}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}},
    {"strided", 3, 1, 4, 6, {1, 9, 9}, {1, 3, 3}, {1, 2, 2}, {1, 1, 1}, {0, 1, 1}},
    {"grouped", 2, 3, 2, 4, {1, 7, 5}, {1, 3, 2}, {1, 1, 2}, {1, 2, 1}, {0, 2, 0}},
    {"one axis", 4, 1, 2, 3, {1, 1, 40}, {1, 1, 5}, {1, 1, 3}, {1, 1, 2}, {0, 0, 4}},
    {"three axes", 1, 1, 2, 70, {5, 6, 7}, {2, 3, 3}, {2, 1, 1}, {1, 1, 2}, {1, 0, 1}},
    {"points", 5, 1, 8, 66, {1, 4, 4}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}},
    {"many images", 40, 1, 1, 2, {1, 12, 12}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}},
};

ft_cuda_convolution plan_of(const geometry &g, int dtype) {
    ft_cuda_convolution c = {};
    c.images = g.images, c.groups = g.groups, c.channels = g.channels, c.features = g.features;
    c.dtype = dtype;
    for (int d = 0; d < 3; d++) {
        c.in[d] = g.in[d], c.kernel[d] = g.kernel[d], c.stride[d] = g.stride[d];
        c.dilation[d] = g.dilation[d], c.padding[d] = g.padding[d];
        int64_t reach = g.in[d] + 2 * g.padding[d] - g.dilation[d] * (g.kernel[d] - 1) - 1;
        c.out[d] = reach / g.stride[d] + 1;
    }
    return c;
}
int64_t volume(const long long *size) { return size[0] * size[1] * size[2]; }

// Calls each(place in x, in the weight, in y) for all products of a convolution.
template <class Each> void for_all_products(const ft_cuda_convolution &c, Each each) {
    int64_t taps = volume(c.kernel), pixels = volume(c.out), input = volume(c.in);
    int64_t features = c.groups * c.features;
    for (int64_t i = 0; i < c.images * features * pixels; i++) {
        int64_t image = i / pixels / features, feature = i / pixels % features;
        int64_t group = feature / c.features;
        for (int64_t k = 0; k < c.channels * taps; k++) {
            int64_t tap[3] = {k % taps / c.kernel[2] / c.kernel[1], k / c.kernel[2] % c.kernel[1],
                              k % c.kernel[2]};
            int64_t result[3] = {i % pixels / c.out[2] / c.out[1], i / c.out[2] % c.out[1],
                                 i % c.out[2]};
            int64_t at = 0;
            bool inside = true;
            for (int d = 0; d < 3; d++) {
                int64_t x = result[d] * c.stride[d] + tap[d] * c.dilation[d] - c.padding[d];
                inside &= x >= 0 && x < c.in[d];
                at = at * c.in[d] + x;
            }
            int64_t plane = (image * c.groups + group) * c.channels + k / taps;
            if (inside) each(plane * input + at, feature * c.channels * taps + k, i);
        }
    }
}

// By factors that are rounded to `numbers`: what is expected is made of such.
void check_convolution(const geometry &g, int dtype, int numbers, uint64_t order) {
    ft_cuda_convolution c = plan_of(g, dtype);
    c.numbers = numbers;
    int64_t taps = volume(c.kernel), pixels = volume(c.out);
    int64_t inputs = c.images * c.groups * c.channels * volume(c.in);
    int64_t weights = c.groups * c.features * c.channels * taps;
    int64_t outputs = c.images * c.groups * c.features * pixels;
    twins x(dtype, inputs, 1, -1, 1), w(dtype, weights, 2, -1, 1), y(dtype, outputs, 3, -1, 1);
    twins bias(dtype, c.groups * c.features, 4, -1, 1);
    std::vector<double> made_y((size_t)outputs), made_x((size_t)inputs), made_w((size_t)weights);
    for_all_products(c, [&](int64_t i, int64_t k, int64_t o) {
        double at_x = rounded(x.own.number(i), numbers), at_w = rounded(w.own.number(k), numbers);
        double at_y = rounded(y.own.number(o), numbers);
        made_y[(size_t)o] += at_x * at_w;
        made_x[(size_t)i] += at_y * at_w;
        made_w[(size_t)k] += at_y * at_x;
    });
    for (size_t o = 0; o < made_y.size(); o++) {
        int64_t feature = (int64_t)o / pixels % (c.groups * c.features);
        made_y[o] = std::fmax(0, made_y[o] + bias.own.number(feature));
    }
    array got_x(dtype, inputs), got_w(dtype, weights), got_y(dtype, outputs);
    double error = dtype == FT_F64 ? 1e-11 : 1e-5;
    c.x = x.at(), c.weight = w.at(), c.y = got_y.at(), c.bias = bias.at(), c.relu = 1;
    launch(FT_KERNEL_convolution, c, order);
    near_numbers(got_y, made_y, error, std::string("convolution ") + g.name);
    c.x = got_x.at(), c.y = y.at(), c.part = 1, c.bias = nullptr, c.relu = 0;
    launch(FT_KERNEL_convolution, c, order);
    near_numbers(got_x, made_x, error, std::string("convolution by the input ") + g.name);
    c.x = x.at(), c.weight = got_w.at(), c.part = 2;
    array partial(FT_U8, ft_cuda_convolution_plan(&c));
    c.partial = partial.at();
    launch(FT_KERNEL_convolution, c, order);
    if (c.pieces > 1) launch(FT_KERNEL_convolution_join, c, order);
    near_numbers(got_w, made_w, 3 * error, std::string("convolution by the weight ") + g.name);
}

void check_convolution_join(int dtype, int64_t pieces, int64_t channels, uint64_t order,
                            unsigned most) {
    ft_cuda_convolution c = plan_of(geometries[2], dtype);
    c.channels = channels, c.part = 2, c.pieces = pieces;
    int64_t elements = c.groups * c.features * channels * volume(c.kernel);
    array partial(dtype, pieces * elements), weight(dtype, elements);
    fill_whole(partial, 1);
    c.partial = partial.at(), c.weight = weight.at();
    launch(FT_KERNEL_convolution_join, c, order, most);
    for (int64_t i = 0; i < elements; i++) {
        double wanted = 0;
        for (int64_t piece = 0; piece < pieces; piece++) {
            wanted += partial.number(piece * elements + i);
        }
        if (weight.number(i) != wanted) fail("%lld pieces of a weight", c.pieces);
    }
}

// Windows along an axis: of `taps` elements, `step` apart, that begin `stride` apart from
// -`padding` on; with `ceil` one more where the last one would leave elements. Without a rule
// kernels have the table alone.
struct axis {
    std::vector<int64_t> first, end, divisor;
    int64_t size, step, stride, padding, reach;

    axis(int64_t size, int64_t taps, int64_t step, int64_t stride, int64_t padding,
         bool ceil = false, bool has_rule = true)
        : size(size), step(step), stride(has_rule ? stride : 0), padding(padding),
          reach((taps - 1) * step + 1) {
        int64_t room = size + 2 * padding - reach, count = room / stride + 1;
        if (ceil && room % stride != 0 && count * stride < size + padding) count++;
        for (int64_t k = 0; k < count; k++) {
            int64_t from = k * stride - padding, to = from + reach;
            while (from < 0) from += step;
            add(from, std::min(to, size));
        }
    }
    // Adaptive ones, which have no rule.
    static axis adaptive(int64_t size, int64_t count) {
        axis a(size, size, 1, 1, 0, false, false);
        a.first.clear(), a.end.clear(), a.divisor.clear();
        for (int64_t k = 0; k < count; k++) {
            a.add(k * size / count, ((k + 1) * size + count - 1) / count);
        }
        return a;
    }

  private:
    void add(int64_t from, int64_t to) {
        first.push_back(std::min(from, size));
        end.push_back(std::max(first.back(), to));
        divisor.push_back((end.back() - first.back() + step - 1) / step);
    }
};

void check_pool(int dtype, int part, const std::vector<axis> &axes, uint64_t order,
                int64_t planes = 6) {
    ft_cuda_pool p = {};
    ft_pool plan = {};
    int64_t area = 1, results = 1;
    p.planes = planes;
    p.dtype = plan.dtype = dtype;
    p.part = plan.part = part;
    for (int d = 0; d < 3; d++) {
        const axis &a = axes[(size_t)d];
        p.in[d] = plan.in[d] = a.size;
        p.results[d] = plan.out[d] = (int64_t)a.first.size();
        p.step[d] = plan.step[d] = a.step;
        p.stride[d] = a.stride, p.padding[d] = a.padding, p.reach[d] = a.reach;
        plan.first[d] = a.first.data();
        plan.end[d] = a.end.data();
        plan.divisor[d] = a.divisor.data();
        p.first[d] = (const long long *)plan.first[d];
        p.end[d] = (const long long *)plan.end[d];
        p.divisor[d] = (const long long *)plan.divisor[d];
        area *= a.size;
        results *= p.results[d];
    }
    bool spreads = part == FT_POOL_SPREAD || part == FT_POOL_SPREAD_MEAN;
    int64_t inputs = planes * area, outputs = planes * results;
    array x(dtype, part == FT_POOL_SPREAD_MEAN ? outputs : inputs);
    array u(dtype, part == FT_POOL_SPREAD ? outputs : inputs);
    // Few values, so that there are equal ones.
    fill(x, 1, -3, 3);
    for (int64_t i = 0; i < x.count; i++) x.set(i, std::floor(x.number(i)));
    if (is_float(dtype) && x.count > 9) x.set(7, NAN);
    fill(u, 2, -1, 1);
    int type = part == FT_POOL_PLACES ? (int)FT_I64 : dtype;
    array out(type, spreads ? inputs : outputs), wanted(type, spreads ? inputs : outputs);
    p.x = x.at(), p.u = u.at(), p.out = out.at();
    launch(FT_KERNEL_pool, p, order);
    cpu.pool(&plan, 0, planes, x.at(), u.at(), wanted.at());
    std::vector<double> numbers;
    for (int64_t i = 0; i < wanted.count; i++) numbers.push_back(wanted.number(i));
    near_numbers(out, numbers, dtype == FT_F64 ? 1e-14 : 1e-6,
                 std::string("pool ") + std::to_string(part) + " " + dtype_names[dtype]);
}
struct pooling {
    std::vector<axis> axes;
    int64_t planes;
};

// Regular, overlapping and padded, dilated, with windows that leave elements out or go beyond the
// end, adaptive, over three axes, and so large that threads have several elements.
void check_pools(uint64_t *turn) {
    const axis none(1, 1, 1, 1, 0);
    const pooling poolings[] = {
        {{none, axis(9, 2, 1, 2, 0), axis(10, 2, 1, 2, 0)}, 6},
        {{none, axis(9, 3, 1, 1, 1), axis(10, 3, 1, 2, 1)}, 6},
        {{none, axis(9, 3, 2, 2, 2), axis(10, 3, 1, 1, 1)}, 6},
        {{none, axis(1, 2, 2, 1, 1), axis(11, 2, 3, 5, 1)}, 5},
        {{none, axis(10, 3, 1, 3, 1, true), axis(12, 2, 1, 5, 1, true)}, 4},
        {{none, axis(9, 3, 1, 1, 1, false, false), axis(10, 3, 2, 2, 2, false, false)}, 3},
        {{none, axis(6, 1, 0x7fffffff, 2, 0), axis(7, 1, 0x7fffffff, 1, 0, false, false)}, 2},
        {{none, axis::adaptive(7, 3), axis::adaptive(5, 8)}, 4},
        {{axis(5, 2, 1, 2, 1), axis::adaptive(6, 4), axis(7, 3, 1, 2, 1)}, 2},
        {{axis(4, 3, 1, 1, 1), axis(3, 2, 1, 1, 0), axis(5, 2, 1, 2, 0)}, 3},
    };
    for (int part = FT_POOL_LARGEST; part <= FT_POOL_PLACES; part++) {
        for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
            if (dtype == FT_F16 || dtype == FT_BF16) continue;
            bool any = part == FT_POOL_LARGEST || part == FT_POOL_PLACES;
            if (!any && dtype > FT_F64) continue;
            for (const pooling &p : poolings) {
                check_pool(dtype, part, p.axes, orders[(*turn)++ % 3], p.planes);
            }
        }
        check_pool(FT_F32, part, {none, axis(37, 3, 1, 2, 1), axis(41, 2, 1, 2, 0)}, 0, 11);
    }
}
}  // namespace

void test_windows() {
    uint64_t turn = 0;
    for (const geometry &g : geometries) {
        check_convolution(g, FT_F64, FT_CUDA_EXACT, orders[turn++ % 3]);
        for (int numbers = FT_CUDA_EXACT; numbers <= FT_CUDA_TF32; numbers++) {
            check_convolution(g, FT_F32, numbers, orders[turn++ % 3]);
        }
    }
    for (int64_t pieces : {2, 8, 9, 31, 32, 33, 256}) {
        for (int64_t channels : {1, 3, 7}) {
            check_convolution_join(turn % 2 ? FT_F64 : FT_F32, pieces, channels, orders[turn % 3],
                                   turn % 2 ? 5 : 100);
            turn++;
        }
    }
    check_pools(&turn);
}
