// Products of matrices, as cuBLAS and cublasLt ask for them.
#pragma once

namespace emulator {
enum { SUCCESS = 0, INVALID = 7, UNSUPPORTED = 15 };
// Data types of cuBLAS.
enum { R_32F = 0, R_64F = 1, R_16F = 2, R_16BF = 14 };
// How products are added up.
enum { COMPUTE_32F = 68, COMPUTE_64F = 70, COMPUTE_32F_FAST_TF32 = 77 };

struct product {
    bool a_transposed, b_transposed;
    int m, n, k, a_type, b_type, c_type, count;
    const void *a, *b;
    void *c;
    long long lda, ldb, ldc, a_step, b_step, c_step;
    double alpha, beta;
    int compute;
    // Added to what is stored: a number for each row of C, of its type.
    const void *bias = nullptr;
};

// Whether there is such a combination of types, and whether the sizes hold together.
bool is_known(const product &p);
bool fits(const product &p);
// Puts a product onto a stream.
int add(void *stream, product p);
}  // namespace emulator
