@_exported public import Autograd
@_exported public import Checkpoint
@_exported public import Datasets
@_exported public import NN
@_exported public import Optim
@_exported public import Tensor
@_exported public import Training
