namespace Concierge.Pipelines.Legs;

/// <summary>
/// Which response is active at the model, and which were cut off: their deltas may still arrive (PROTOCOL B.7) and must not be heard.
/// The model loop asks for every delta; the control loop may cut off too, so a short lock guards it.
/// </summary>
internal sealed class InterruptedResponses
{
    /// <summary>Interrupted responses remembered; the vendor has one active response per conversation.</summary>
    private const int Remembered = 8;

    private readonly Lock _gate = new();
    private byte[]?[]? _interrupted; // none, in most of a call's life
    private byte[]? _active;
    private int _next;

    /// <summary>Whether a response is active.</summary>
    public bool IsActive
    {
        get
        {
            lock (_gate)
            {
                return _active is not null;
            }
        }
    }

    /// <summary>A response began.</summary>
    public void Begin(ReadOnlySpan<byte> responseId)
    {
        lock (_gate)
        {
            _active = responseId.ToArray();
        }
    }

    /// <summary>The active response ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            _active = null;
        }
    }

    /// <summary>Cuts off the active response; false when there is none, or it has been cut off already.</summary>
    public bool TryInterruptActive()
    {
        lock (_gate)
        {
            if (_active is null || IsKnown(_active))
            {
                return false;
            }

            Remember(_active);
            return true;
        }
    }

    /// <summary>Cuts off a response whose audio was being played.</summary>
    public void Interrupt(ReadOnlySpan<byte> responseId)
    {
        lock (_gate)
        {
            if (!IsKnown(responseId))
            {
                Remember(responseId.ToArray());
            }
        }
    }

    /// <summary>Whether audio of this response must not be heard any more.</summary>
    public bool Contains(ReadOnlySpan<byte> responseId)
    {
        if (Volatile.Read(ref _interrupted) is null)
        {
            return false;
        }

        lock (_gate)
        {
            return IsKnown(responseId);
        }
    }

    private bool IsKnown(ReadOnlySpan<byte> responseId)
    {
        foreach (byte[]? known in _interrupted.AsSpan())
        {
            if (known is not null && responseId.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private void Remember(byte[] responseId)
    {
        _interrupted ??= new byte[]?[Remembered];
        _interrupted[_next] = responseId;
        _next = (_next + 1) % Remembered;
    }
}
