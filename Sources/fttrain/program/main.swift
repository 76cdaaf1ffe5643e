import FakeTensorCommand

TrainingCommand().main()
