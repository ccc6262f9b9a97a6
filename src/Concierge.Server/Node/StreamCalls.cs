using System.Security.Cryptography;
using System.Text;
using Concierge.Calls.Life;
using Concierge.Protocols.MediaStreams;

namespace Concierge.Server.Node;

/// <summary>Which call a media stream belongs to: the TwiML names it in a parameter.</summary>
internal static class StreamCalls
{
    /// <summary>The stream parameter that carries this node's id, or the caller's own id from <c>?call_id=</c>.</summary>
    public const string Parameter = "call_id";

    /// <summary>This node's id of a call, given what <c>?call_id=</c> said.</summary>
    /// <param name="given">The text, or null.</param>
    /// <param name="callSid">The carrier's SID.</param>
    /// <returns>The text when it may be an id; else one that follows from the SID, the same on every node and every time.</returns>
    public static string IdOf(string? given, string callSid) => CallIds.IsValid(given)
        ? given
        : "call_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(callSid)))[..32];

    /// <summary>The id of a stream's call.</summary>
    /// <param name="start">The stream's start message.</param>
    /// <returns>The id.</returns>
    public static string IdOf(StreamStart start) => IdOf(start.CustomParameters.GetValueOrDefault(Parameter), start.CallSid);
}
