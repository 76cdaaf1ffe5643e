internal import CCUDA

/// Work that a GPU knows by heart: one call asks for all of it.
package final class CUDAGraph: @unchecked Sendable {
    // Safe to share: nothing changes, and the driver's functions may be called on any thread.
    private let context: CUDAContext
    private let api: cuda_graphs
    private let graph: cuda_graph_exec
    private let blocks: [UInt: Int]

    init(
        _ context: CUDAContext, _ api: cuda_graphs, _ graph: cuda_graph_exec, _ blocks: [UInt: Int]
    ) {
        self.context = context
        self.api = api
        self.graph = graph
        self.blocks = blocks
    }

    deinit {
        context.makeCurrent()
        _ = api.cuGraphExecDestroy(graph)
        for (block, size) in blocks {
            UnsafeMutableRawPointer(bitPattern: block).map { context.release($0, size, of: .steps) }
        }
    }

    /// Asks for the work, after all that was asked for before.
    package func launch() throws(CUDAProblem) {
        context.makeCurrent()
        try context.driver.check(
            api.cuGraphLaunch(graph, context.stream), "launching a recorded step")
    }
}
