namespace Concierge.Calls.Store;

/// <summary>The store cannot do its work now.</summary>
/// <param name="message">What is wrong, without a password or an address's user.</param>
/// <param name="isPermanent">Whether trying again is useless: a schema of a newer program, a damaged file.</param>
/// <param name="inner">The cause.</param>
public sealed class CallStoreException(string message, bool isPermanent = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether trying again is useless.</summary>
    public bool IsPermanent { get; } = isPermanent;
}
