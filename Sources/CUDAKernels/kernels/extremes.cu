// Where the extreme of a row is.
#include "extremes.cuh"

template <class T> FT_DEVICE void extreme_rows(const ft_cuda_rows &arguments) {
    typedef typename element<T>::compute C;
    team t = team_of(arguments.n);
    better<C> join = {arguments.flag != 0};
    for (int64_t row = t.first; row < arguments.rows; row += t.step) {
        const T *x = (const T *)arguments.x + row * arguments.n;
        best_so_far<C> best = {C(), -1};
        for (int64_t i = t.rank; i < arguments.n; i += t.size) {
            best = join(best, best_so_far<C>{element<T>::load(x[i]), i});
        }
        best = team_best(t, best, join);
        if (t.rank == 0) ((int64_t *)arguments.out)[row] = best.at;
    }
}

FT_KERNEL(arg_extreme, ft_cuda_rows) {
    for_all(arguments.dtype, [&](auto like) { extreme_rows<decltype(like)>(arguments); });
}
