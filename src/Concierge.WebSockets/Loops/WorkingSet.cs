using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Concierge.WebSockets;

/// <summary>
/// The objects that the handling of a connection's next octets will touch, asked for from memory all at once and ahead of time. With hundreds of calls between two frames of one call its
/// objects have left the processor's caches; touched one after the other, each is waited for by itself, which takes several times as long as the work.
/// </summary>
/// <remarks>
/// Only a hint: nothing is read or written, what is not there any more does no harm, and on processors without a prefetch instruction that the runtime knows it does nothing
/// (<see cref="IsSupported"/>). Filled by one thread before it is used; fetched by any.
/// </remarks>
public sealed class WorkingSet
{
    private const int LineOctets = 64;
    private const int MaxOctets = 1024;

    private Entry[] _entries = [];

    /// <summary>Whether fetching does anything here.</summary>
    public static bool IsSupported => Sse.IsSupported;

    /// <summary>How many objects it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Adds all of an object, as far as 1024 octets.</summary>
    /// <param name="target">The object; none when null.</param>
    public void Add(object? target)
    {
        if (target is not null)
        {
            Add(target, Math.Clamp(SizeOf(target), 1, MaxOctets));
        }
    }

    /// <summary>Adds a lock.</summary>
    /// <param name="gate">The lock; none when null.</param>
    public void Add(Lock? gate)
    {
#pragma warning disable CS9216 // nobody locks the object that stands in the set
        Add((object?)gate);
#pragma warning restore CS9216
    }

    /// <summary>Adds the beginning of an object, or more of one that it holds already.</summary>
    /// <param name="target">The object; none when null.</param>
    /// <param name="octets">How much from its beginning, 1 to 1024; more than the object has takes in what was made right after it, which the collector leaves there.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 octet or more than 1024.</exception>
    public void Add(object? target, int octets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(octets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(octets, MaxOctets);
        if (target is null)
        {
            return;
        }

        foreach (ref Entry held in _entries.AsSpan(0, Count))
        {
            if (held.Target == target)
            {
                held = new Entry(target, Math.Max(held.Octets, octets));
                return;
            }
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(8, 2 * Count));
        }

        _entries[Count++] = new Entry(target, octets);
    }

    /// <summary>Adds what another set holds.</summary>
    public void AddAll(WorkingSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (Entry entry in other._entries.AsSpan(0, other.Count))
        {
            Add(entry.Target, entry.Octets);
        }
    }

    /// <summary>Asks for one object that changes too often to stand in a set.</summary>
    /// <param name="target">The object; none when null.</param>
    /// <param name="octets">As with <see cref="Add(object?, int)"/>.</param>
    public static void Fetch(object? target, int octets)
    {
        if (Sse.IsSupported && target is not null)
        {
            Ask(target, octets);
        }
    }

    /// <summary>Asks for all that it holds; returns at once.</summary>
    public void Fetch()
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        foreach (ref readonly Entry entry in _entries.AsSpan(0, Count))
        {
            Ask(entry.Target, entry.Octets);
        }
    }

    /// <summary>Asks for all that a set held; returns at once.</summary>
    internal static void Fetch(Entry[] entries)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        foreach (ref readonly Entry entry in entries.AsSpan())
        {
            Ask(entry.Target, entry.Octets);
        }
    }

    /// <summary>
    /// What it holds, as the loop keeps it: one array and no object before it, in the order in which the objects stand in memory. Those that stand close together are one
    /// entry, asked for by the first of them: the collector leaves them in their order, and closes what gaps there are.
    /// </summary>
    internal Entry[] ToEntries()
    {
        // Looked at once each: the collector may move them meanwhile, and an order that changes while it is sorted by is none.
        Entry[] entries = _entries.AsSpan(0, Count).ToArray();
        long[] places = Array.ConvertAll(entries, static entry => AddressOf(entry.Target));
        Array.Sort(places, entries);
        List<Entry> together = [];
        long begun = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            if (together.Count > 0)
            {
                Entry before = together[^1];
                long distance = places[i] - begun;
                if (distance - before.Octets < LineOctets && distance + entries[i].Octets <= MaxOctets)
                {
                    together[^1] = before with { Octets = (int)Math.Max(before.Octets, distance + entries[i].Octets) };
                    continue;
                }
            }

            begun = places[i];
            together.Add(entries[i]);
        }

        return [.. together];
    }

    /// <summary>Where an object stands now; the collector may have moved it by the time the caller looks.</summary>
    private static unsafe long AddressOf(object target) => *(nint*)Unsafe.AsPointer(ref target);

    /// <summary>
    /// How long an object is from its type's pointer on. The runtimes, the native one too, note it in the second word of the type, and an element's length in the first where there are elements;
    /// should one do so elsewhere some day, too much or too little is asked for, and nothing else.
    /// </summary>
    internal static unsafe int SizeOf(object target)
    {
        // By references that the collector knows: this is read, and not only asked for.
        ref byte content = ref Unsafe.As<Content>(target).First;
        uint* type = (uint*)Unsafe.As<byte, nint>(ref Unsafe.SubtractByteOffset(ref content, sizeof(nint)));
        const uint HasElements = 1u << 31;
        long elements = (type[0] & HasElements) != 0 ? (long)(ushort)type[0] * Unsafe.As<byte, uint>(ref content) : 0;
        return (int)Math.Min(int.MaxValue, type[1] + elements - sizeof(nint));
    }

    /// <summary>An object may be moved while this looks at where it stands: then the hint is a wrong one, and nothing else. Objects begin anywhere in a line.</summary>
    private static unsafe void Ask(object target, int octets)
    {
        byte* first = (byte*)AddressOf(target);
        byte* end = first + octets;
        byte* line = (byte*)((nint)first & -LineOctets);
        do
        {
            Sse.Prefetch0(line);
            line += LineOctets;
        }
        while (line < end);
    }

    internal readonly record struct Entry(object Target, int Octets);

    /// <summary>What any object looks like from its first octet on, behind its type.</summary>
    private sealed class Content
    {
        public byte First;
    }
}
