using System.Globalization;
using System.Text;

namespace Concierge.WebSockets.Tests.Fuzz;

/// <summary>The slow and plain reading of RFC 6455, octet by octet, that the fast reader must agree with: the oracle of the fuzzer.</summary>
internal sealed class ReferenceReader(byte[] wire, WebSocketRole role, WebSocketLimits limits)
{
    private readonly StringBuilder _log = new();
    private readonly StringBuilder _sent = new();
    private int _at;
    private int _need;
    private int _low;
    private int _high;

    public int Pings { get; private set; }

    public string Run()
    {
        List<byte>? message = null;
        int opcode = 0;
        int fragments = 0;
        while (true)
        {
            int start = _at;
            if (!Octet(out int first))
            {
                return End(message is not null);
            }

            int code = first & 15;
            bool final = first >= 128;
            if ((first & 0x70) != 0)
            {
                return Fail("ReservedBits", 1002);
            }

            if (code is not (0 or 1 or 2 or 8 or 9 or 10))
            {
                return Fail("ReservedOpcode", 1002);
            }

            if (code >= 8 && !final)
            {
                return Fail("ControlFragmented", 1002);
            }

            if (code < 8 && code == 0 && message is null)
            {
                return Fail("UnexpectedContinuation", 1002);
            }

            if (code is 1 or 2 && message is not null)
            {
                return Fail("ExpectedContinuation", 1002);
            }

            if (!Octet(out int second))
            {
                return End(true);
            }

            if (second >= 128 != (role == WebSocketRole.Server))
            {
                return Fail(second >= 128 ? "MaskForbidden" : "MaskRequired", 1002);
            }

            UInt128 length = (UInt128)(second & 127);
            if (code >= 8 && length > 125)
            {
                return Fail("ControlTooLong", 1002);
            }

            int width = code >= 8 ? 0 : length == 126 ? 2 : length == 127 ? 8 : 0;
            int left = limits.MaxMessageSize - (message?.Count ?? 0);
            bool whole = true;
            if (width > 0)
            {
                // Everything that the missing octets could still make of it, from all zeros to all ones.
                UInt128 least = 0;
                UInt128 most = 0;
                int seen = 0;
                for (int i = 0; i < width; i++)
                {
                    bool there = Octet(out int octet);
                    seen += there ? 1 : 0;
                    least = (least * 256) + (UInt128)(there ? octet : 0);
                    most = (most * 256) + (UInt128)(there ? octet : 255);
                    if (seen == 0)
                    {
                        return End(true);
                    }
                }

                whole = seen == width;
                if (least >= (UInt128)1 << 63)
                {
                    return Fail("LengthTopBit", 1002);
                }

                if (most < (UInt128)(width == 2 ? 126 : 65536))
                {
                    return Fail("LengthNotMinimal", 1002);
                }

                length = least;
            }

            if (code < 8 && length > (UInt128)limits.MaxFramePayload)
            {
                return Fail("FrameTooBig", 1009);
            }

            if (code < 8 && length > (UInt128)left)
            {
                return Fail("MessageTooBig", 1009);
            }

            byte[] key = new byte[4];
            for (int i = 0; i < 4 && role == WebSocketRole.Server && whole; i++)
            {
                whole = Octet(out int octet);
                key[i] = (byte)octet;
            }

            if (!whole)
            {
                return End(true);
            }

            if (code < 8)
            {
                if (message is null)
                {
                    message = [];
                    opcode = code;
                    fragments = 0;
                    _need = 0;
                }

                if (++fragments > limits.MaxFragmentsPerMessage)
                {
                    return Fail("TooManyFragments", 1008);
                }
            }

            List<byte> payload = [];
            for (int i = 0; i < (int)length; i++)
            {
                if (!Octet(out int octet))
                {
                    return End(true);
                }

                byte plain = (byte)(octet ^ key[i % 4]);
                payload.Add(plain);
                if (code < 8 && opcode == 1 && !Utf8(plain))
                {
                    return Fail("InvalidUtf8", 1007);
                }
            }

            if (code < 8)
            {
                message!.AddRange(payload);
                if (final)
                {
                    if (opcode == 1 && _need > 0)
                    {
                        return Fail("InvalidUtf8", 1007);
                    }

                    _log.Append(opcode == 1 ? "text " : "binary ").Append(Convert.ToHexString(message.ToArray())).Append('\n');
                    message = null;
                }
            }
            else if (code == 9)
            {
                Pings++;
                _sent.Append("pong ").Append(Convert.ToHexString(payload.ToArray())).Append('\n');
            }
            else if (code == 8)
            {
                return Close([.. payload]);
            }

            Assert.True(_at > start);
        }
    }

    private string Close(byte[] body)
    {
        if (body.Length == 1)
        {
            return Fail("CloseTooShort", 1002);
        }

        if (body.Length == 0)
        {
            _log.Append("close 1005 \n");
            _sent.Append("close \n");
            return _log.ToString() + _sent;
        }

        int code = (body[0] * 256) + body[1];
        bool legal = code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014 or (>= 3000 and < 5000);
        if (!legal)
        {
            return Fail("CloseCodeInvalid", 1002);
        }

        _need = 0;
        foreach (byte octet in body.AsSpan(2))
        {
            if (!Utf8(octet))
            {
                return Fail("CloseReasonInvalid", 1007);
            }
        }

        if (_need > 0)
        {
            return Fail("CloseReasonInvalid", 1007);
        }

        _log.Append(CultureInfo.InvariantCulture, $"close {code} {Convert.ToHexString(body.AsSpan(2))}\n");
        _sent.Append(CultureInfo.InvariantCulture, $"close {body[0]:X2}{body[1]:X2}\n");
        return _log.ToString() + _sent;
    }

    private string Fail(string error, int code)
    {
        _log.Append("error ").Append(error).Append('\n');
        _sent.Append(CultureInfo.InvariantCulture, $"close {code:X4}\n");
        return _log.ToString() + _sent;
    }

    private string End(bool inside)
    {
        _log.Append(inside ? "end Truncated\n" : "end None\n");
        return _log.ToString() + _sent;
    }

    private bool Octet(out int octet)
    {
        octet = _at < wire.Length ? wire[_at] : 0;
        return _at++ < wire.Length;
    }

    /// <summary>RFC 3629 §4, one octet at a time; the second octet's range follows from the first.</summary>
    private bool Utf8(int octet)
    {
        if (_need > 0)
        {
            bool fine = octet >= _low && octet <= _high;
            _need--;
            _low = 0x80;
            _high = 0xBF;
            return fine;
        }

        _low = octet switch { 0xE0 => 0xA0, 0xF0 => 0x90, _ => 0x80 };
        _high = octet switch { 0xED => 0x9F, 0xF4 => 0x8F, _ => 0xBF };
        _need = octet switch { < 0x80 => 0, >= 0xC2 and <= 0xDF => 1, >= 0xE0 and <= 0xEF => 2, >= 0xF0 and <= 0xF4 => 3, _ => -1 };
        return _need >= 0;
    }
}
