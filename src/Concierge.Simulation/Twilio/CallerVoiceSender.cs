namespace Concierge.Simulation.Twilio;

/// <summary>Sends the person's frames as media messages: timestamps with the vendor's jitter, and the faults asked for.</summary>
internal sealed class CallerVoiceSender
{
    private readonly TwilioMessages _messages;
    private readonly TwilioTwinFaults _faults;
    private readonly Random _jitter;
    private readonly int _loseEvery;
    private readonly int _firstTimestamp;
    private long _frames;

    public CallerVoiceSender(TwilioMessages messages, TwilioTwinFaults faults, int seed, int loseEvery)
    {
        _messages = messages;
        _faults = faults;
        _loseEvery = loseEvery;
        _jitter = new Random(seed ^ 0x71CC);
        _firstTimestamp = _jitter.Next(80, 180);
    }

    /// <summary>One frame, or its loss.</summary>
    /// <returns>Whether it was sent.</returns>
    public bool Send(TimeSpan now, ReadOnlySpan<byte> frame)
    {
        _frames++;
        if (Every(_faults.MalformedEveryFrames))
        {
            _messages.Send("{\"event\":\"media\",\"media\":{"u8);
        }

        if (Every(_faults.UnknownEveryFrames))
        {
            _messages.Send("""{"event":"weather","sequenceNumber":"7","weather":{"sky":["blue",null]}}"""u8);
        }

        // Lost on its way to the carrier: the chunk counts it, nothing is sent.
        if (Every(_loseEvery) || now >= _faults.SilentFrom)
        {
            return false;
        }

        long timestamp = _firstTimestamp + ((_frames - 1) * TelephoneLeg.FrameMs) + _jitter.Next(2);
        _messages.Media(_frames, timestamp, frame, spoiled: Every(_faults.BadBase64EveryFrames));
        if (Every(_faults.DuplicateEveryFrames))
        {
            _messages.Media(_frames, timestamp, frame, repeats: true);
        }

        return true;
    }

    private bool Every(int n) => n > 0 && _frames % n == 0;
}
