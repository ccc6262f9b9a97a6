namespace Concierge.Server.Tests.Cli;

/// <summary>Tests that move the process to another folder run alone.</summary>
[CollectionDefinition("current directory", DisableParallelization = true)]
public sealed class CurrentDirectoryGroup;
