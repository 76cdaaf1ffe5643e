// Order along rows against the CPU's, to the bit.
#include "layers.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

// Rows with equal elements, zeros of both signs and NaN.
void fill_rows(const array &x, uint64_t seed) {
    fill(x, seed, -9, 9, true);
    if (!is_float(x.dtype)) return;
    for (int64_t i = 0; i < x.count; i += 3) const_cast<array &>(x).set(i, std::floor(x.number(i)));
}

std::string title(const char *what, int dtype, int64_t n) {
    return std::string(what) + " " + dtype_names[dtype] + " of " + std::to_string(n);
}

struct sorting {
    array keys, keys_to, places, places_to;
    ft_cuda_sort s = {};
    sorting(const array &x, int64_t rows, int64_t n, bool descending)
        : keys(FT_U64, rows * n), keys_to(FT_U64, rows * n), places(FT_U32, rows * n),
          places_to(FT_U32, rows * n) {
        s.x = x.at();
        s.keys = keys.at<unsigned long long>(), s.keys_to = keys_to.at<unsigned long long>();
        s.places = places.at<unsigned>(), s.places_to = places_to.at<unsigned>();
        s.rows = rows, s.n = n, s.dtype = x.dtype, s.descending = descending;
    }
    void run(const array &out, int64_t count, int64_t rank, uint64_t order) {
        launch(FT_KERNEL_sort_runs, s, order);
        for (s.run = FT_CUDA_RUN; s.run < s.n; s.run *= 2) {
            launch(FT_KERNEL_sort_merge, s, order);
            std::swap(s.keys, s.keys_to);
            std::swap(s.places, s.places_to);
        }
        s.out = out.at<long long>();
        s.count = count;
        s.rank = rank;
        launch(FT_KERNEL_sort_places, s, order);
    }
};

void check_sort(int dtype, int64_t rows, int64_t n, bool descending, uint64_t order) {
    array x(dtype, rows * n), out(FT_I64, rows * n), wanted(FT_I64, rows * n);
    array room(FT_U8, 2 * (n + 8) * 16);
    fill_rows(x, (uint64_t)n);
    sorting(x, rows, n, descending).run(out, n, FT_CUDA_RANK_NONE, order);
    cpu.order_rows(dtype, descending, rows, n, x.at(), wanted.at<int64_t>(), room.at());
    same_bits(out, wanted, title("sort", dtype, n));
    int64_t k = (n + 2) / 3;
    array best(FT_I64, rows * k), wanted_best(FT_I64, rows * k);
    array more(FT_U8, 2 * ft_top_room(n, k) * 16);
    sorting(x, rows, n, descending).run(best, k, FT_CUDA_RANK_NONE, order);
    cpu.top_rows(dtype, descending, rows, n, k, x.at(), wanted_best.at<int64_t>(), more.at());
    same_bits(best, wanted_best, title("top", dtype, n));
    for (int64_t rank : {(int64_t)0, n / 2, (int64_t)FT_RANK_MEDIAN, (int64_t)FT_RANK_NAN_MEDIAN}) {
        array place(FT_I64, rows), wanted_place(FT_I64, rows);
        sorting(x, rows, n, false).run(place, 1, rank, order);
        cpu.rank_rows(dtype, rank, rows, n, x.at(), wanted_place.at<int64_t>(), room.at());
        same_bits(place, wanted_place, title("rank", dtype, n));
    }
}

ft_cuda_order arguments(int dtype, int64_t rows, int64_t n, const array &x, const array &out) {
    ft_cuda_order o = {};
    o.x = x.at(), o.out = out.at();
    o.rows = rows, o.n = n, o.dtype = dtype, o.size = dtype_sizes[dtype];
    return o;
}

void check_take(int dtype, uint64_t order) {
    array x(dtype, 3 * 40), index(FT_I64, 3 * 17), out(dtype, 3 * 17), wanted(dtype, 3 * 17);
    fill(x, 1, -9, 9);
    fill(index, 2, -40, 40);
    ft_cuda_order o = arguments(dtype, 3, 40, x, out);
    o.index = index.at<long long>();
    o.count = 17;
    launch(FT_KERNEL_take, o, order);
    for (int64_t r = 0; r < 3; r++) {
        cpu.gather(17, dtype_sizes[dtype], 40, x.at(40 * r), index.at<int64_t>(17 * r),
                   wanted.at(17 * r));
    }
    same_bits(out, wanted, title("take", dtype, 40));
    ft_cuda_report report = {0, 0, ~0ull, 0};
    index.set(20, 40);
    o.witness = {&report, 4, nullptr};
    launch(FT_KERNEL_take, o, order);
    if (report.key != (4ull << 40 | 20) || report.value != 40) fail("take out of range");
}

void check_running(int dtype, int64_t n, bool maximum, uint64_t order) {
    array x(dtype, 5 * n), out(FT_I64, 5 * n), wanted(FT_I64, 5 * n);
    fill_rows(x, (uint64_t)n);
    ft_cuda_order o = arguments(dtype, 5, n, x, out);
    o.flag = maximum;
    launch(FT_KERNEL_running_extreme, o, order);
    cpu.running_extreme(dtype, maximum, 5, n, x.at(), wanted.at<int64_t>());
    same_bits(out, wanted, title("running extreme", dtype, n));
}

void check_recur(int dtype, int64_t n, bool reversed, uint64_t order) {
    array a(dtype, 3 * n), b(dtype, 3 * n), y(dtype, 3 * n), wanted(dtype, 3 * n);
    fill(a, 1, -1, 1);
    fill(b, 2, -1, 1);
    ft_cuda_order o = arguments(dtype, 3, n, a, y);
    o.y = b.at();
    o.flag = reversed;
    launch(FT_KERNEL_recur, o, order);
    cpu.recur(dtype, reversed, 3, n, a.at(), b.at(), wanted.at());
    std::vector<double> numbers;
    for (int64_t i = 0; i < wanted.count; i++) numbers.push_back(wanted.number(i));
    near_numbers(y, numbers, dtype == FT_F64 ? 1e-13 : dtype == FT_F32 ? 1e-7 : 1e-2, "recur");
}

void check_search(int dtype, bool right, bool shared, uint64_t order) {
    int64_t n = 30, count = 50;
    array x(dtype, 3 * n), values(dtype, 3 * count), out(FT_I64, 3 * count);
    array wanted(FT_I64, 3 * count), sorted(dtype, 3 * n), places(FT_I64, 3 * n);
    array room(FT_U8, 2 * (n + 8) * 16);
    fill_rows(x, 1);
    fill_rows(values, 2);
    cpu.order_rows(dtype, false, 3, n, x.at(), places.at<int64_t>(), room.at());
    for (int64_t i = 0; i < 3 * n; i++) {
        int64_t from = i / n * n + (int64_t)places.number(i);
        memcpy(sorted.at(i), x.at(from), (size_t)dtype_sizes[dtype]);
    }
    ft_cuda_order o = arguments(dtype, 3, n, sorted, out);
    o.y = values.at();
    o.count = count;
    o.stride = shared ? 0 : n;
    o.flag = right;
    launch(FT_KERNEL_search, o, order);
    for (int64_t r = 0; r < 3; r++) {
        cpu.search(dtype, right, n, sorted.at(shared ? 0 : r * n), count, values.at(r * count),
                   wanted.at<int64_t>(r * count));
    }
    same_bits(out, wanted, title("search", dtype, n));
}

void check_bins(int dtype, int rule, uint64_t order) {
    int64_t n = 500, count = 8;
    array x(dtype, 2 * n), edges(dtype, 2 * (count + 1)), out(FT_I64, 2 * count);
    fill(x, 1, -5, 5, true);
    int64_t edge_count = rule == FT_BINS_EVEN ? 2 : count + 1;
    for (int64_t r = 0; r < 2; r++) {
        for (int64_t k = 0; k < edge_count; k++) {
            double place = (double)k / (double)(edge_count - 1);
            if (rule == FT_BINS_ANY) place = place * place;
            edges.set(r * edge_count + k, -4 + 8 * place + (double)r * 0.25);
        }
    }
    ft_cuda_order o = arguments(dtype, 2, n, x, out);
    o.y = edges.at();
    o.count = count, o.stride = o.edges = edge_count, o.flag = rule;
    memset(out.at(), 0, (size_t)(2 * count * 8));
    launch(FT_KERNEL_bins, o, order);
    for (int64_t r = 0; r < 2; r++) {
        int64_t counts[9] = {0};
        cpu.bins(rule, dtype, n, x.at(r * n), edge_count, edges.at(r * edge_count), count, counts);
        for (int64_t k = 0; k < count; k++) {
            if (*out.at<int64_t>(r * count + k) != counts[k]) fail("bins by rule %d", rule);
        }
    }
}
}  // namespace

void test_order() {
    uint64_t turn = 0;
    for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
        for (int64_t n : {1, 5, 1024, 1025, 5000}) {
            check_sort(dtype, n < 10 ? 7 : 2, n, n % 2 == 1, orders[turn++ % 3]);
        }
        for (int64_t n : {1, 31, 100}) {
            check_running(dtype, n, true, orders[turn++ % 3]);
            check_running(dtype, n, false, orders[turn++ % 3]);
        }
        check_take(dtype, orders[turn++ % 3]);
        check_search(dtype, dtype % 2 == 0, dtype % 3 == 0, orders[turn++ % 3]);
        check_search(dtype, dtype % 2 == 1, dtype % 3 == 1, orders[turn++ % 3]);
    }
    for (int dtype = 0; dtype <= FT_BF16; dtype++) {
        for (int64_t n : {1, 256, 700}) check_recur(dtype, n, n > 1, orders[turn++ % 3]);
        check_recur(dtype, 90, false, orders[turn++ % 3]);
    }
    for (int dtype : {FT_F32, FT_F64}) {
        for (int rule = FT_BINS_EVEN; rule <= FT_BINS_ANY; rule++) {
            check_bins(dtype, rule, orders[turn++ % 3]);
        }
    }
}
