internal import COpenBLAS

/// A precision of LAPACK: its routines as Fortran has them, all arguments by address.
protocol LapackReal: BinaryFloatingPoint, Sendable {
    static var getrf: Factorize { get }
    static var getrs: Substitute { get }
    static var potrf: FactorizeTriangle { get }
    static var geqrf: Orthogonalize { get }
    static var orgqr: MakeOrthogonal { get }
    static var gesdd: SingularValues { get }
    static var syevd: Eigenvalues { get }
    static var gelsy: LeastSquares { get }
    static func trsm(_ system: TriangularCall<Self>)
    static func gemm(_ product: ProductCall<Self>)
}

extension LapackReal {
    typealias Wholes = UnsafePointer<Int32>?
    typealias MutableWholes = UnsafeMutablePointer<Int32>?
    typealias Reals = UnsafePointer<Self>?
    typealias MutableReals = UnsafeMutablePointer<Self>?
    typealias Word = UnsafePointer<CChar>?

    typealias Factorize = (Wholes, Wholes, MutableReals, Wholes, MutableWholes, MutableWholes) ->
        Void
    typealias Substitute = (
        Word, Wholes, Wholes, Reals, Wholes, Wholes, MutableReals, Wholes, MutableWholes, Int
    ) -> Void
    typealias FactorizeTriangle = (Word, Wholes, MutableReals, Wholes, MutableWholes, Int) -> Void
    typealias Orthogonalize = (
        Wholes, Wholes, MutableReals, Wholes, MutableReals, MutableReals, Wholes, MutableWholes
    ) -> Void
    typealias MakeOrthogonal = (
        Wholes, Wholes, Wholes, MutableReals, Wholes, Reals, MutableReals, Wholes, MutableWholes
    ) -> Void
    typealias SingularValues = (
        Word, Wholes, Wholes, MutableReals, Wholes, MutableReals, MutableReals, Wholes,
        MutableReals, Wholes, MutableReals, Wholes, MutableWholes, MutableWholes, Int
    ) -> Void
    typealias Eigenvalues = (
        Word, Word, Wholes, MutableReals, Wholes, MutableReals, MutableReals, Wholes,
        MutableWholes, Wholes, MutableWholes, Int, Int
    ) -> Void
    typealias LeastSquares = (
        Wholes, Wholes, Wholes, MutableReals, Wholes, MutableReals, Wholes, MutableWholes, Reals,
        MutableWholes, MutableReals, Wholes, MutableWholes
    ) -> Void
}

/// X of A X = B for a triangle A, in place of B.
struct TriangularCall<Real> {
    let isUpper: Bool
    let isUnit: Bool
    let size: Int32
    let columns: Int32
    let a: UnsafePointer<Real>
    let b: UnsafeMutablePointer<Real>
}

/// C = A B of matrices [m, k] and [k, n] in columns.
struct ProductCall<Real> {
    let m: Int32
    let n: Int32
    let k: Int32
    let a: UnsafePointer<Real>
    let b: UnsafePointer<Real>
    let c: UnsafeMutablePointer<Real>
}

extension Float: LapackReal {
    static var getrf: Factorize { sgetrf_ }
    static var getrs: Substitute { sgetrs_ }
    static var potrf: FactorizeTriangle { spotrf_ }
    static var geqrf: Orthogonalize { sgeqrf_ }
    static var orgqr: MakeOrthogonal { sorgqr_ }
    static var gesdd: SingularValues { sgesdd_ }
    static var syevd: Eigenvalues { ssyevd_ }
    static var gelsy: LeastSquares { sgelsy_ }

    static func trsm(_ call: TriangularCall<Float>) {
        cblas_strsm(
            CblasColMajor, CblasLeft, call.isUpper ? CblasUpper : CblasLower, CblasNoTrans,
            call.isUnit ? CblasUnit : CblasNonUnit, call.size, call.columns, 1, call.a, call.size,
            call.b, call.size)
    }

    static func gemm(_ call: ProductCall<Float>) {
        cblas_sgemm(
            CblasColMajor, CblasNoTrans, CblasNoTrans, call.m, call.n, call.k, 1, call.a, call.m,
            call.b, call.k, 0, call.c, call.m)
    }
}

extension Double: LapackReal {
    static var getrf: Factorize { dgetrf_ }
    static var getrs: Substitute { dgetrs_ }
    static var potrf: FactorizeTriangle { dpotrf_ }
    static var geqrf: Orthogonalize { dgeqrf_ }
    static var orgqr: MakeOrthogonal { dorgqr_ }
    static var gesdd: SingularValues { dgesdd_ }
    static var syevd: Eigenvalues { dsyevd_ }
    static var gelsy: LeastSquares { dgelsy_ }

    static func trsm(_ call: TriangularCall<Double>) {
        cblas_dtrsm(
            CblasColMajor, CblasLeft, call.isUpper ? CblasUpper : CblasLower, CblasNoTrans,
            call.isUnit ? CblasUnit : CblasNonUnit, call.size, call.columns, 1, call.a, call.size,
            call.b, call.size)
    }

    static func gemm(_ call: ProductCall<Double>) {
        cblas_dgemm(
            CblasColMajor, CblasNoTrans, CblasNoTrans, call.m, call.n, call.k, 1, call.a, call.m,
            call.b, call.k, 0, call.c, call.m)
    }
}
