// Kernels of layers against the CPU's double.
#include "layers.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

// Whether rows are centred, have weights, and have a bias.
constexpr int PLAIN = 0, CENTRED = 1, WEIGHTED = 2, BIASED = 4;

void check_normalize(int dtype, int64_t rows, int64_t n, double epsilon, int form,
                     uint64_t order) {
    twins x(dtype, rows * n, 1, -3, 3), dy(dtype, rows * n, 2, -1, 1), y(dtype, rows * n);
    twins w(dtype, n, 3, 0.5, 2), b(dtype, n, 4, -1, 1);
    twins back(dtype, rows * n + (form & WEIGHTED ? 2 * n : 0));
    if (rows > 2) {
        for (int64_t j = 0; j < n; j++) x.set(2 * n + j, 7e3);
    }
    ft_cuda_norm a = {};
    a.x = x.at(), a.dy = dy.at(), a.out = y.at();
    a.rows = rows, a.n = n, a.dtype = dtype, a.epsilon = epsilon, a.centred = form & CENTRED;
    a.out_dtype = a.dy_dtype = dtype;
    ft_row_norm t = {};
    t.dtype = FT_F64, t.n = n, t.epsilon = epsilon, t.centred = form & CENTRED;
    t.x = x.wide(), t.dy = dy.wide(), t.out = y.wide();
    if (form & WEIGHTED) a.weight = w.at(), t.weight = w.wide();
    if (form & BIASED) a.bias = b.at(), t.bias = b.wide();
    launch(FT_KERNEL_normalize, a, order);
    cpu.normalize_rows(&t, 0, rows);
    y.compare("normalize", 2e-6);
    std::vector<double> space(ft_cuda_norm_plan(&a) / 8), sums(2 * n);
    a.out = back.at(), a.sums = space.data(), t.out = back.wide();
    launch(FT_KERNEL_normalize_backward, a, order);
    cpu.normalize_backward_rows(&t, 0, rows, form & WEIGHTED ? sums.data() : nullptr);
    if (form & WEIGHTED) {
        launch(FT_KERNEL_normalize_join, a, order);
        for (int64_t i = 0; i < 2 * n; i++) back.copy.set(rows * n + i, sums[i]);
    }
    // Of a row of equal elements the gradient is large.
    back.compare("normalize backward", 1e-5);
}

void check_normalize_join(int dtype, int64_t runs, int64_t n, uint64_t order, unsigned most) {
    array sums(FT_F64, runs * 2 * n), out(dtype, 3 * n + 2 * n);
    fill_whole(sums, 1);
    ft_cuda_norm a = {};
    a.out = out.at(), a.sums = sums.at<double>(), a.rows = 3, a.n = n, a.runs = runs;
    a.dtype = dtype;
    launch(FT_KERNEL_normalize_join, a, order, most);
    for (int64_t i = 0; i < 2 * n; i++) {
        double wanted = 0;
        for (int64_t run = 0; run < runs; run++) wanted += sums.number(run * 2 * n + i);
        if (out.number(3 * n + i) != wanted) fail("%lld runs of %lld", a.runs, a.n);
    }
}

// Results in halves, and gradients from halves, are those of float32 with a conversion beside it.
void check_half_rows(int half, int64_t rows, int64_t n, uint64_t order) {
    array x(FT_F32, rows * n), dy(half, rows * n), wide_dy(FT_F32, rows * n), y(half, rows * n);
    array wide_y(FT_F32, rows * n), rounded(half, rows * n);
    array dx(FT_F32, rows * n), wanted(FT_F32, rows * n);
    fill(x, 1, -3, 3);
    fill(dy, 2, -1, 1);
    for (int64_t i = 0; i < rows * n; i++) wide_dy.set(i, dy.number(i));
    ft_cuda_norm a = {};
    a.x = x.at(), a.rows = rows, a.n = n, a.epsilon = 1e-5, a.centred = 1;
    a.dtype = FT_F32;
    a.out = y.at(), a.out_dtype = half;
    launch(FT_KERNEL_normalize, a, order);
    a.out = wide_y.at(), a.out_dtype = FT_F32;
    launch(FT_KERNEL_normalize, a, order);
    for (int64_t i = 0; i < rows * n; i++) rounded.set(i, wide_y.number(i));
    same_bits(y, rounded, "normalize to halves");
    a.out = dx.at(), a.dy = dy.at(), a.dy_dtype = half;
    launch(FT_KERNEL_normalize_backward, a, order);
    a.out = wanted.at(), a.dy = wide_dy.at(), a.dy_dtype = FT_F32;
    launch(FT_KERNEL_normalize_backward, a, order);
    same_bits(dx, wanted, "normalize backward of halves");
}

void check_large_rows(bool centred, uint64_t order) {
    twins x(FT_F32, 40, 1, 1e30, 9e30), y(FT_F32, 40);
    ft_cuda_norm a = {};
    a.x = x.at(), a.out = y.at(), a.rows = 2, a.n = 20, a.dtype = a.out_dtype = FT_F32;
    a.epsilon = 1e-5, a.centred = centred;
    ft_row_norm t = {};
    t.dtype = FT_F64, t.n = 20, t.epsilon = 1e-5, t.centred = centred;
    t.x = x.wide(), t.out = y.wide();
    launch(FT_KERNEL_normalize, a, order);
    cpu.normalize_rows(&t, 0, 2);
    y.compare("normalize beyond the range", 2e-6);
}

void check_channels(int dtype, int64_t images, int64_t channels, int64_t pixels, bool affine,
                    uint64_t order) {
    int64_t all = images * channels * pixels, planes = images * channels;
    twins x(dtype, all, 1, -3, 5), dy(dtype, all, 2, -1, 1), w(dtype, channels, 3, 0.5, 2);
    twins b(dtype, channels, 4, -1, 1), moments(dtype, 2 * channels), y(dtype, all);
    twins more(dtype, all, 5, -1, 1), back(dtype, all + 2 * channels);
    std::vector<double> sums(2 * (planes + channels));
    ft_cuda_channels c = {};
    c.x = x.at(), c.moments = moments.at(), c.dy = dy.at(), c.out = moments.at();
    c.images = images, c.channels = channels, c.pixels = pixels;
    c.dtype = dtype, c.epsilon = 1e-5, c.part = FT_CUDA_CHANNEL_MOMENTS;
    std::vector<double> partial((size_t)ft_cuda_channels_plan(&c) / 8);
    c.partial = partial.data();
    ft_channels wide = {};
    wide.x = x.wide(), wide.moments = moments.wide(), wide.dy = dy.wide();
    wide.out = moments.wide(), wide.partial = sums.data();
    wide.images = images, wide.channels = channels, wide.pixels = pixels;
    wide.dtype = FT_F64, wide.epsilon = 1e-5;
    if (affine) {
        c.weight = w.at(), c.bias = b.at();
        wide.weight = w.wide(), wide.bias = b.wide();
    }
    launch(FT_KERNEL_channel_moments, c, order);
    launch(FT_KERNEL_channel_join, c, order);
    cpu.plane_moments(&wide, 0, planes);
    cpu.channel_moments(&wide, 0, channels);
    moments.compare("moments", 1e-6);
    c.part = FT_CUDA_CHANNEL_GRADIENTS;
    for (bool adds : {false, true}) {
        for (bool relu : {false, true}) {
            c.out = y.at(), c.added = adds ? more.at() : nullptr, c.relu = relu;
            wide.out = y.wide(), wide.added = adds ? more.wide() : nullptr, wide.relu = relu;
            launch(FT_KERNEL_batch_norm, c, order);
            cpu.batch_norm(&wide, 0, planes);
            y.compare("batch norm", 1e-5);
            if (adds) continue;
            c.out = back.at();
            wide.out = back.wide();
            launch(FT_KERNEL_batch_norm_sums, c, order);
            launch(FT_KERNEL_channel_join, c, order);
            launch(FT_KERNEL_batch_norm_backward, c, order);
            cpu.batch_norm_sums(&wide, 0, planes);
            cpu.batch_norm_join(&wide, 0, channels);
            cpu.batch_norm_backward(&wide, 0, planes);
            back.compare("batch norm backward", 2e-5);
        }
    }
}

void check_product(int dtype, int64_t m, int64_t n, int64_t k, bool turned, uint64_t order) {
    array a(dtype, 3 * m * k), b(dtype, k * n), c(dtype, 3 * m * n), bias(dtype, n);
    fill(a, 1, is_float(dtype) ? -1 : 0, is_float(dtype) ? 1 : 7);
    fill(b, 2, is_float(dtype) ? -1 : 0, is_float(dtype) ? 1 : 5);
    fill(bias, 3, -1, 1);
    bool adds = is_float(dtype);
    ft_cuda_product p = {a.at(), b.at(), adds ? bias.at() : nullptr, c.at(), dtype, adds, m, n, k,
                         turned ? 1 : k, turned ? m : 1, turned ? 1 : n, turned ? k : 1,
                         make_loop({3}, {m * k}, {0})};
    launch(FT_KERNEL_product, p, order);
    std::vector<double> wanted;
    for (int64_t i = 0; i < 3 * m * n; i++) {
        int64_t batch = i / (m * n), row = i / n % m, column = i % n;
        double total = 0;
        for (int64_t j = 0; j < k; j++) {
            total += a.number(batch * m * k + row * p.a_row + j * p.a_column) *
                     b.number(j * p.b_row + column * p.b_column);
        }
        if (adds) total = std::fmax(0, total + bias.number(column));
        int width = 8 * dtype_sizes[dtype];
        if (dtype == FT_BOOL) total = total != 0;
        if (!is_float(dtype) && dtype != FT_BOOL && width < 32) {
            total = (double)((int64_t)total & ((1ll << width) - 1));
            bool has_sign = dtype == FT_I8 || dtype == FT_I16;
            if (has_sign && total >= std::ldexp(1, width - 1)) total -= std::ldexp(1, width);
        }
        wanted.push_back(total);
    }
    double error = dtype == FT_F64 ? 1e-12 : dtype == FT_F32 ? 1e-5 : dtype == FT_F16 ? 2e-3 : 1e-2;
    near_numbers(c, wanted, error, std::string("product ") + dtype_names[dtype]);
}

void check_bias(int dtype, int64_t rows, int64_t n, bool has_bias, bool relu, uint64_t order) {
    array c(dtype, rows * n), bias(dtype, n);
    fill(c, 1, -2, 2);
    fill(bias, 2, -2, 2);
    std::vector<double> wanted;
    for (int64_t i = 0; i < c.count; i++) {
        double value = c.number(i) + (has_bias ? bias.number(i % n) : 0);
        wanted.push_back(relu && value < 0 ? 0 : value);
    }
    ft_cuda_bias b = {c.at(), has_bias ? bias.at() : nullptr, rows, n, dtype, relu};
    launch(FT_KERNEL_bias_relu, b, order);
    near_numbers(c, wanted, dtype == FT_BF16 ? 8e-3 : dtype == FT_F16 ? 1e-3 : 1e-6, "bias");
}

void check_distances(int dtype, double power, uint64_t order) {
    twins a(dtype, 2 * 5 * 7, 1, -2, 2), b(dtype, 2 * 7 * 9, 2, -2, 2), out(dtype, 2 * 5 * 9);
    ft_cuda_distances d = {a.at(), b.at(), out.at(), 2, 5, 9, 7, dtype, 0, power};
    launch(FT_KERNEL_distances, d, order);
    cpu.distances(FT_F64, power, 0, 10, 5, 7, 9, a.wide(), b.wide(), out.wide());
    out.compare("distances", 1e-6);
}

void check_others(int dtype, int64_t n, int zeros, uint64_t order) {
    array x(dtype, 3 * n), out(dtype, 3 * n), wanted(dtype, 3 * n);
    fill(x, 1, 0.5, 1.5);
    for (int k = 0; k < zeros && k < n; k++) x.set(n + k, k == 2 ? NAN : 0);
    if (n > 4) x.set(3, 1e-300), x.set(2 * n, -INFINITY);
    ft_cuda_rows a = {};
    a.x = x.at(), a.out = out.at(), a.rows = 3, a.n = n, a.dtype = dtype;
    launch(FT_KERNEL_product_of_others, a, order);
    cpu.others_rows(dtype, 3, n, x.at(), wanted.at());
    std::vector<double> numbers;
    for (int64_t i = 0; i < 3 * n; i++) numbers.push_back(wanted.number(i));
    near_numbers(out, numbers, dtype == FT_F64 ? 1e-12 : 1e-6, "product of others");
}

void check_scan(int dtype, int op, int64_t rows, int64_t n, uint64_t order) {
    if (!ft_reduction_has(op, dtype)) return;
    bool is_product = op == FT_REDUCTION_product;
    array x(dtype, rows * n);
    fill(x, 1, is_product ? 0.9 : -2, is_product ? 1.1 : 2);
    if (!is_float(dtype)) fill(x, 1, is_product ? 1 : -4, is_product ? 2 : 4);
    int type = ft_reduction_result(op, dtype);
    array out(type, rows * n), wanted(type, rows * n);
    ft_cuda_rows a = {};
    a.x = x.at(), a.out = out.at(), a.rows = rows, a.n = n, a.dtype = dtype, a.out_dtype = type;
    a.op = op;
    launch(FT_KERNEL_scan, a, order);
    cpu.scan_rows(op, dtype, rows, n, x.at(), wanted.at());
    std::vector<double> numbers;
    for (int64_t i = 0; i < rows * n; i++) numbers.push_back(wanted.number(i));
    double error = type == FT_F64 ? 1e-12 : type == FT_F16 ? 2e-3 : type == FT_BF16 ? 1e-2 : 1e-6;
    near_numbers(out, numbers, is_float(type) ? error : 0,
                 std::string("scan ") + ft_reduction_name(op) + " " + dtype_names[dtype]);
}
}  // namespace

void test_layers() {
    uint64_t turn = 0;
    for (int dtype : {FT_F32, FT_F64}) {
        for (int64_t n : {1, 2, 64, 1000, 1500}) {
            for (int64_t rows : {0, 1, 9}) {
                for (int form : {PLAIN, CENTRED, WEIGHTED, CENTRED | WEIGHTED | BIASED}) {
                    check_normalize(dtype, rows, n, turn % 2 ? 1e-5 : 1e-3, form,
                                    orders[turn % 3]);
                    turn++;
                }
            }
        }
        for (int64_t runs : {1, 8, 9, 31, 32, 33, 512}) {
            for (int64_t n : {1, 3, 40, 300}) {
                check_normalize_join(dtype, runs, n, orders[turn % 3], turn % 2 ? 5 : 100);
                turn++;
            }
        }
        check_channels(dtype, 5, 3, 49, true, orders[turn++ % 3]);
        check_channels(dtype, 1, 7, 1, false, orders[turn++ % 3]);
        check_channels(dtype, 300, 2, 5, true, orders[turn++ % 3]);
        // Several pieces, the last one shorter; planes of several segments.
        check_channels(dtype, 13, 3, 1060, true, orders[turn++ % 3]);
        check_channels(dtype, 13, 2, 1033, false, orders[turn++ % 3]);
        for (double power : {1.0, 2.0, 3.5, (double)INFINITY}) {
            check_distances(dtype, power, orders[turn++ % 3]);
        }
        for (int zeros : {0, 1, 2, 3}) {
            check_others(dtype, 7, zeros, orders[turn++ % 3]);
            check_others(dtype, 1100, zeros, orders[turn++ % 3]);
        }
    }
    for (uint64_t order : orders) {
        for (int half : {FT_F16, FT_BF16}) check_half_rows(half, 9, 300, order);
        check_large_rows(true, order);
        check_large_rows(false, order);
    }
    for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
        check_product(dtype, 5, 7, 3, false, orders[turn++ % 3]);
        check_product(dtype, 70, 65, 40, turn % 2 == 0, orders[turn % 3]);
        check_product(dtype, 1, 130, 17, dtype % 2 == 1, orders[turn++ % 3]);
        check_product(dtype, 4, 4, 0, false, orders[turn++ % 3]);
        for (int op = 0; op < FT_REDUCTION_COUNT; op++) {
            check_scan(dtype, op, 4, 77, orders[turn++ % 3]);
            check_scan(dtype, op, 2, 1300, orders[turn++ % 3]);
        }
    }
    for (int dtype = 0; dtype <= FT_BF16; dtype++) {
        check_bias(dtype, 9, 16, true, true, orders[turn++ % 3]);
        check_bias(dtype, 9, 7, true, false, orders[turn++ % 3]);
        check_bias(dtype, 0, 7, true, false, orders[turn++ % 3]);
        check_bias(dtype, 33, 40, false, true, orders[turn++ % 3]);
    }
}
