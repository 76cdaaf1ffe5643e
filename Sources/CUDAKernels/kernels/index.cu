// Choosing rows of a table by an index, and changing them.
#include "index.cuh"

FT_KERNEL(positions, ft_cuda_positions) {
    for (int64_t i = grid_thread(); i < arguments.count; i += grid_threads()) {
        int64_t index = arguments.index[i], row = row_of(index, arguments.rows);
        if (row < 0) tell(arguments.witness, i, index);
        arguments.out[i] = row < 0 ? 0 : row;
    }
}

// 16 bytes that are moved at once.
struct alignas(16) quad { uint64_t low, high; };

// Items as units of a size that divides them.
template <class U> FT_DEVICE void gather_units(const ft_cuda_gather &arguments) {
    int64_t units = arguments.width / (int64_t)sizeof(U), all = arguments.count * units;
    const U *x = (const U *)arguments.x;
    for (int64_t k = grid_thread(); k < all; k += grid_threads()) {
        int64_t i = k / units, u = k - i * units;
        int64_t index = arguments.index[i], row = row_of(index, arguments.rows);
        if (row >= 0) {
            ((U *)arguments.out)[k] = x[row * units + u];
        } else if (u == 0) {
            tell(arguments.witness, i, index);
        }
    }
}

// 8 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(gather, ft_cuda_gather) {
    uint64_t places = (uint64_t)arguments.width | (uint64_t)arguments.x | (uint64_t)arguments.out;
    if (arguments.width == 0) return;
    if (places % 16 == 0) {
        gather_units<quad>(arguments);
    } else if (places % 8 == 0) {
        gather_units<uint64_t>(arguments);
    } else if (places % 4 == 0) {
        gather_units<uint32_t>(arguments);
    } else if (places % 2 == 0) {
        gather_units<uint16_t>(arguments);
    } else {
        gather_units<uint8_t>(arguments);
    }
}
