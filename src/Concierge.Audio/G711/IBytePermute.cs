using System.Runtime.Intrinsics;

namespace Concierge.Audio;

/// <summary>The one instruction that the VBMI rung is built on; a software form stands in for it in the tests of machines that lack it.</summary>
internal interface IBytePermute
{
    /// <summary>vpermi2b: each byte of the index picks (by its low seven bits) one of the 128 bytes of both tables.</summary>
    static abstract Vector512<byte> Permute(Vector512<byte> lower, Vector512<byte> index, Vector512<byte> upper);
}
