using Concierge.Benchmarks.Harness;

return BenchCommand.Run(args);
