// Kernels with faults that the emulator has to find, beside one without.
#include "common.cuh"

// The sum of a block's numbers; `fault` 1: a barrier is missing, 2: not all reach one, 3: a thread
// writes behind the array.
FT_KERNEL(fault, ft_cuda_fill) {
    __shared__ float parts[FT_THREADS];
    int fault = (int)arguments.size, t = threadIdx.x;
    float *x = (float *)arguments.out;
    parts[t] = x[t];
    if (fault != 1) __syncthreads();
    for (int half = FT_THREADS / 2; half > 0; half /= 2) {
        if (t < half) parts[t] += parts[t + half];
        if (fault == 2 && t >= half) return;
        if (fault != 1) __syncthreads();
    }
    if (t == 0) x[fault == 3 ? arguments.count : 0] = parts[0];
}
