// Changing the rows of a table by an index, in its order.
//
// A block has some columns of some rows. It looks through the items for hits, those of its rows.
// All threads bring their elements into a tile of shared memory, those of the next one while this
// one is walked over. An element of the table has one thread, which changes it by the hits of its
// row one after the other, in a register for as long as they are of that row: the bits are those of
// a loop over the items.
#include "index.cuh"

// How many items are looked at between two barriers, and the bytes of a tile.
constexpr int FT_LOOKS = 4, FT_LOOKED = FT_LOOKS * FT_THREADS, FT_STAGED_BYTES = 8192;

// a changed by x, both as they are computed. Integers wrap; of bool, + and the maximum are or, the
// others and.
FT_DEVICE float scattered(int rule, float a, float x) {
    return rule == 1 ? a + x : rule == 2 ? a * x : rule == 3 ? ft_max_f(a, x) : ft_min_f(a, x);
}
FT_DEVICE double scattered(int rule, double a, double x) {
    return rule == 1 ? a + x : rule == 2 ? a * x : rule == 3 ? ft_max_d(a, x) : ft_min_d(a, x);
}
FT_DEVICE truth scattered(int rule, truth a, truth x) {
    a.bits = rule == 1 || rule == 3 ? a.bits | x.bits : a.bits & x.bits;
    return a;
}
template <class T> FT_DEVICE T scattered(int rule, T a, T x) {
    if (rule == 1) return (T)((uint64_t)a + (uint64_t)x);
    if (rule == 2) return (T)((uint64_t)a * (uint64_t)x);
    return rule == 3 ? (a > x ? a : x) : (a < x ? a : x);
}
// An element as it is computed: halves in float32.
FT_DEVICE float scatter_number(half16 x) { return widened(x); }
FT_DEVICE float scatter_number(bhalf16 x) { return widened(x); }
template <class T> FT_DEVICE T scatter_number(T x) { return x; }

// A rule that is known to the compiler.
template <int R> struct fixed_rule {
    __device__ __forceinline__ constexpr operator int() const { return R; }
};
template <class Rule, class T> FT_DEVICE T changed(Rule rule, T total, T x) {
    return rule == 0 ? x : scattered(rule, total, x);
}

// Of hits their numbers among the items that were looked at, and those of their rows among the
// block's.
struct scatter_space {
    alignas(16) char tile[FT_STAGED_BYTES];
    unsigned rows[FT_LOOKED];
    uint16_t items[FT_LOOKED];
    int counts[FT_WARPS];
};

// A power of two by its exponent.
FT_DEVICE int exponent_of(int64_t power) { return 63 - __clzll(power); }
FT_DEVICE int64_t live_parts(const ft_cuda_scatter &s) {
    return s.rows < 1 ? 1 : least(s.parts, s.rows);
}

// The share of a block: rows part, part + parts, …, and of them `columns` columns. A thread has
// one of these, and of the hits in a tile it loads each `groups`-th.
struct scatter_share {
    int64_t part, column;
    int shift, columns, groups, group;
    bool has_column, has_one_row, tells;

    __device__ __forceinline__ scatter_share(const ft_cuda_scatter &s, int64_t unit) {
        // Wide rows have strips of 256 columns, so that memory holds fewer than 2^31 units.
        unsigned live = (unsigned)live_parts(s), strip = (unsigned)unit / live;
        part = unit - (int64_t)strip * live;
        shift = exponent_of(s.parts);
        columns = (int)s.columns;
        groups = FT_THREADS >> exponent_of(columns);
        group = (int)threadIdx.x >> exponent_of(columns);
        column = (int64_t)strip * columns + ((int)threadIdx.x & (columns - 1));
        has_column = column < s.width;
        has_one_row = s.rows - part <= s.parts;
        tells = unit == 0;
    }
    __device__ __forceinline__ bool has(const ft_cuda_scatter &s, int64_t row) const {
        return row >= 0 && (row & (s.parts - 1)) == part;
    }
};

// Tells which of a thread's items are out of range.
FT_DEVICE void tell_outside(const ft_cuda_scatter &s, int64_t first) {
#pragma unroll 1
    for (int64_t i = first; i < least(s.count, first + FT_LOOKS * FT_WARP); i += FT_WARP) {
        int64_t index = s.index[i];
        if (row_of(index, s.rows) < 0) tell(s.witness, i, index);
    }
}

// Lists the hits among the items from `from` on, in order, and gives how many there are. A warp
// looks at neighbours. Called by all threads.
FT_DEVICE int find_hits(const ft_cuda_scatter &s, const scatter_share &mine, int64_t from,
                        scatter_space *space) {
    int lane = threadIdx.x % FT_WARP, warp = threadIdx.x / FT_WARP, own = 0;
    int number = warp * FT_LOOKS * FT_WARP + lane;
    int64_t rows[FT_LOOKS];
    unsigned lanes[FT_LOOKS];
    bool are_inside = true;
#pragma unroll
    for (int k = 0; k < FT_LOOKS; k++) {
        int64_t item = from + number + k * FT_WARP;
        bool is_there = item < s.count;
        rows[k] = row_of(s.index[is_there ? item : s.count - 1], s.rows);
        if (!is_there) rows[k] = -1;
        are_inside &= !is_there || rows[k] >= 0;
    }
    if (mine.tells && !are_inside) tell_outside(s, from + number);
#pragma unroll
    for (int k = 0; k < FT_LOOKS; k++) {
        lanes[k] = __ballot_sync(0xffffffffu, mine.has(s, rows[k]));
        own += __popc(lanes[k]);
    }
    if (lane == 0) space->counts[warp] = own;
    __syncthreads();
    int before = 0, all = 0;
    for (int k = 0; k < FT_WARPS; k++) {
        before += k < warp ? space->counts[k] : 0;
        all += space->counts[k];
    }
#pragma unroll
    for (int k = 0; k < FT_LOOKS; k++) {
        int at = before + __popc(lanes[k] & ((1u << lane) - 1));
        if (lanes[k] >> lane & 1) {
            space->items[at] = (uint16_t)(number + k * FT_WARP);
            space->rows[at] = (unsigned)(rows[k] >> mine.shift);
        }
        before += __popc(lanes[k]);
    }
    __syncthreads();
    return all;
}

// Brings what will be changed soon out of the device's memory.
FT_DEVICE void expect(const void *at) {
    (void)at;
#ifdef __CUDA_ARCH__
    asm volatile("prefetch.global.L2 [%0];" : : "l"(at));
#endif
}

// The element of the table that a thread changes: its row among the block's, if there is one yet,
// and what it has become.
constexpr unsigned FT_NO_ROW = 0xffffffffu;
template <class T> struct held_element {
    T *column;
    int64_t step;
    unsigned row;
    T total;

    __device__ __forceinline__ held_element(const ft_cuda_scatter &s, const scatter_share &mine)
        : column((T *)s.out + mine.part * s.width + mine.column), step(s.width << mine.shift),
          row(FT_NO_ROW), total() {}
    __device__ __forceinline__ T *place(unsigned row) const { return column + row * step; }
    template <class Rule> __device__ __forceinline__ void take(Rule rule, unsigned next) {
        if (next == row) return;
        put_back();
        row = next;
        total = rule == 0 ? T() : *place(row);
    }
    __device__ __forceinline__ void put_back() const {
        if (row != FT_NO_ROW) *place(row) = total;
    }
};

// The element changed by n hits of a tile that begins with this thread's column.
template <class Rule, class T>
FT_DEVICE void walk_over(Rule rule, const scatter_share &mine, const T *tile, const unsigned *rows,
                         int n, held_element<T> *held) {
    if (!mine.has_column || (mine.has_one_row && mine.group > 0)) return;
    if (mine.has_one_row) {
        held->take(rule, 0u);
        T total = held->total;
#pragma unroll 16
        for (int k = 0; k < n; k++) total = changed(rule, total, tile[k * mine.columns]);
        held->total = total;
        return;
    }
#pragma unroll 4
    for (int k = 0; k < n; k++) {
        unsigned row = rows[k];
        // A group has some of the rows.
        if ((row & (mine.groups - 1)) != (unsigned)mine.group) continue;
        held->take(rule, row);
        held->total = changed(rule, held->total, tile[k * mine.columns]);
    }
}

template <class X, class T, class Rule>
FT_DEVICE void scatter_unit(Rule rule, const ft_cuda_scatter &s, int64_t unit,
                            scatter_space *space) {
    constexpr int V = sizeof(T) == 8 ? 4 : 8;
    static_assert(V * FT_THREADS * sizeof(T) <= FT_STAGED_BYTES, "a tile holds V of each thread");
    const scatter_share mine(s, unit);
    held_element<T> held(s, mine);
    T *tile = (T *)space->tile, ahead[V];
    int together = V * mine.groups;
    for (int64_t from = 0; from < s.count; from += FT_LOOKED) {
        int found = find_hits(s, mine, from, space);
        // What there isn't is loaded from where the last one is.
        const X *x = (const X *)s.x + from * s.width + least(mine.column, s.width - 1);
        auto load = [&](int first) {
#pragma unroll
            for (int j = 0; j < V; j++) {
                int hit = first + mine.group + j * mine.groups;
                int last = hit < found ? hit : found - 1;
                ahead[j] = scatter_number(x[space->items[last] * s.width]);
                if (rule != 0 && !mine.has_one_row) expect(held.place(space->rows[last]));
            }
        };
        if (found > 0) load(0);
        for (int first = 0; first < found; first += together) {
#pragma unroll
            for (int j = 0; j < V; j++) tile[j * FT_THREADS + threadIdx.x] = ahead[j];
            __syncthreads();
            int rest = found - first;
            if (rest > together) load(first + together);
            walk_over(rule, mine, tile + (threadIdx.x & (mine.columns - 1)), space->rows + first,
                      rest < together ? rest : together, &held);
            __syncthreads();
        }
    }
    held.put_back();
}

template <class X, class T, class Rule>
FT_DEVICE void scatter_units(Rule rule, const ft_cuda_scatter &s, scatter_space *space) {
    int64_t strips = (s.width + s.columns - 1) >> exponent_of(s.columns);
    int64_t units = live_parts(s) * strips;
    for (int64_t unit = blockIdx.x; unit < units; unit += gridDim.x) {
        scatter_unit<X, T>(rule, s, unit, space);
    }
}

// 4 blocks a multiprocessor.
FT_KERNEL(scatter, ft_cuda_scatter) {
    __shared__ scatter_space space;
    if (arguments.rule == 0) {
        int size = 0;
        for_all(arguments.dtype, [&](auto like) { size = (int)sizeof(like); });
        for_size(size, [&](auto like) {
            scatter_units<decltype(like), decltype(like)>(fixed_rule<0>(), arguments, &space);
        });
        return;
    }
    for_all(arguments.dtype, [&](auto like) {
        typedef decltype(like) X;
        typedef decltype(scatter_number(X())) T;
        if (arguments.rule == 1) {
            scatter_units<X, T>(fixed_rule<1>(), arguments, &space);
        } else {
            scatter_units<X, T>(arguments.rule, arguments, &space);
        }
    });
}
