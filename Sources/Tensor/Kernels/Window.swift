/// How the kernel of a convolution moves over its input: numbers for up to three axes, and groups.
package final class Window: Sendable {
    /// Steps between neighbouring results.
    package let stride: [Int]
    /// Zeros in front of the input; how many follow it, the size of the output says.
    package let padding: [Int]
    /// The distance of neighbouring elements of the kernel.
    package let dilation: [Int]
    /// Channels come in so many groups that see nothing of each other.
    package let groups: Int

    package init(stride: [Int], padding: [Int], dilation: [Int], groups: Int) {
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    package var rank: Int { stride.count }

    /// The same with more groups.
    package func grouped(_ count: Int) -> Window {
        Window(stride: stride, padding: padding, dilation: dilation, groups: groups * count)
    }
}

/// Which of the three arrays of a convolution is made of the other two.
package enum ConvolutionPart: Sendable {
    /// The output, of the input and the weight.
    case output
    /// The gradient by the input, of that by the output and the weight.
    case input
    /// The gradient by the weight, of the input and the gradient by the output.
    case weight
}
