using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>Plays both far ends of many calls through a bridge, in real time, on one event loop: the carrier's streams towards the bridge, and the Realtime server behind it.</summary>
/// <remarks>Linux only. Calls are begun by <see cref="StartCallsAsync"/>; frames are counted between <see cref="StartCounting"/> and <see cref="StopCountingAsync"/>.</remarks>
public sealed class LoadGenerator : IDisposable
{
    /// <summary>
    /// Frames that leave before the loop looks at what has arrived. Who is behind with both and sends all that is due before reading anything falls behind for good: what it does not
    /// read backs up in the bridge.
    /// </summary>
    private const int FramesPerTurn = 16;
    private const int SteadyFrame = 50; // by then an end has all that it will have

    private static readonly TimeSpan s_stragglers = TimeSpan.FromSeconds(1);

    private readonly LoadGeneratorOptions _options;
    private readonly EventLoop _loop;
    private readonly LoopListener _listener;
    private readonly LoadSwitchboard _switchboard;
    private readonly LoadCall[] _calls;
    private readonly LoadPacer _pacer;
    private readonly byte[] _buffer = new byte[LoadSocket.BufferLength];
    private readonly Ticker _ticker;
    private readonly LoadTls _tls;
    private readonly CancellationTokenSource _over = new();
    private readonly LoadHistogram _lateness = new();
    private readonly LoadHistogram _refusalTime = new();
    private readonly SortedDictionary<int, int> _refused = [];
    private readonly List<LoadSocket> _sockets = [];
    private readonly List<LoadModel> _models = [];
    private readonly List<LoadDial> _dials = [];
    private readonly int _odd;
    private readonly WorkingSet?[] _sending; // by sender: what its next frame will touch

    private volatile bool _counting;
    private bool _hangingUp;
    private bool _givenUp;
    private int _connected;
    private int _settled;
    private int _failed;
    private int _endedEarly;
    private string? _firstFailure;

    /// <summary>Starts the loop and the Realtime server.</summary>
    /// <param name="options">What is played.</param>
    /// <exception cref="PlatformNotSupportedException">Not 64-bit Linux.</exception>
    /// <exception cref="SocketException">The Realtime server's address cannot be listened on.</exception>
    public LoadGenerator(LoadGeneratorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _odd = options.Stalled + options.Backlogged;
        _switchboard = new LoadSwitchboard(options.Calls, options.Mode, options.Relayed, _odd);
        _calls = [.. _switchboard.Calls];
        _loop = new EventLoop(new EventLoopOptions { Name = "load", Core = options.Core });
        _pacer = new LoadPacer(2 * options.Calls, Now());
        _sending = new WorkingSet?[2 * options.Calls];
        _ticker = new Ticker(this);
        _tls = new LoadTls(_loop, options.Certificate, _over.Token);
        try
        {
            _listener = LoopListener.Start(_loop, options.ModelEndPoint, Accept, backlog: 4096);
        }
        catch
        {
            _loop.Dispose();
            throw;
        }

        _loop.Post(_ticker);
    }

    /// <summary>Where the Realtime server listens.</summary>
    public IPEndPoint ModelEndPoint => _listener.EndPoint;

    /// <summary>Begins the calls, spread over time, and waits until each was accepted, refused or failed.</summary>
    /// <param name="target">The bridge's media stream address.</param>
    /// <param name="cancellationToken">Stops beginning.</param>
    public async Task StartCallsAsync(Uri target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        IPEndPoint[] endPoints = [.. (await Dns.GetHostAddressesAsync(target.IdnHost, cancellationToken)).Select(a => new IPEndPoint(a, target.Port))];
        WebSocketClientRequest request = new(target);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _options.Calls; i++)
        {
            TimeSpan wait = TimeSpan.FromSeconds(i / _options.RampPerSecond) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(wait, cancellationToken);
            }

            LoadCall call = _calls[i];
            _loop.Post(new Action(() =>
            {
                if (request.IsSecure)
                {
                    _ = CallAsync(call, request);
                }
                else
                {
                    Call(call, request, endPoints, Now());
                }
            }).AsWork());
        }

        long last = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _settled) < _options.Calls)
        {
            if (Stopwatch.GetElapsedTime(last) >= _options.AnswerPatience)
            {
                _loop.Post(new Action(GiveUp).AsWork());
                return;
            }

            await Task.Delay(10, cancellationToken);
        }
    }

    /// <summary>Frames that leave from now on count.</summary>
    public void StartCounting()
    {
        _counting = true;
        _loop.Post(new Action(() => _switchboard.Up.Counting = _switchboard.Down.Counting = true).AsWork());
    }

    /// <summary>Frames that leave from now on do not count; returns when those that did have had time to arrive.</summary>
    public async Task StopCountingAsync(CancellationToken cancellationToken)
    {
        _counting = false;
        _loop.Post(new Action(() => _switchboard.Up.Counting = _switchboard.Down.Counting = false).AsWork());
        await Task.Delay(s_stragglers, cancellationToken);
    }

    /// <summary>Hangs up all calls, closes everything, and says what was seen. Once.</summary>
    public async Task<LoadReading> FinishAsync()
    {
        TaskCompletionSource<LoadReading> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(new Action(() => _ = HangUpAsync(done)).AsWork());
        return await done.Task;
    }

    /// <summary>Stops the loop.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _loop.Dispose();
        _over.Dispose();
    }

    private static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    private async Task HangUpAsync(TaskCompletionSource<LoadReading> done)
    {
        try
        {
            LoadReading reading = Read();
            _hangingUp = true;
            foreach (LoadCall call in _calls)
            {
                call.Caller?.HangUp();
            }

            long deadline = Stopwatch.GetTimestamp() + (3 * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < deadline && _calls.Any(c => c.Id >= _options.Stalled && c.Caller is { IsOver: false }))
            {
                await Task.Delay(20);
            }

            await _over.CancelAsync();
            await Task.Delay(20);
            await _tls.CloseAllAsync();
            _loop.Post(new Action(() =>
            {
                _sockets.ForEach(static socket => socket.Dispose());
                done.TrySetResult(reading);
            }).AsWork());
        }
        catch (Exception exception)
        {
            done.TrySetException(exception);
        }
    }

    private LoadReading Read() => new()
    {
        Up = LoadDirection.Of(_switchboard.Up),
        Down = LoadDirection.Of(_switchboard.Down),
        Lateness = LoadDirection.Of(_lateness),
        Connected = _connected,
        Matched = _calls.Count(c => c.Model is not null),
        Refused = new Dictionary<int, int>(_refused),
        RefusalTime = LoadDirection.Of(_refusalTime),
        Failed = _failed,
        FirstFailure = _firstFailure,
        EndedEarly = _endedEarly,
        Broken = _calls.Sum(c => c.Caller?.Ear.Broken ?? 0) + _models.Sum(m => m.Ear.Broken),
        Unreadable = _calls.Sum(c => c.Caller?.Unreadable ?? 0) + _models.Sum(m => m.Unreadable),
        Marks = _calls.Sum(c => c.Caller?.Marks ?? 0),
    };

    private void Tick()
    {
        long now = Now();
        for (int i = 0; i < FramesPerTurn && _pacer.TryTake(now, out int sender, out long due); i++)
        {
            FetchNext();
            LoadCall call = _calls[sender / 2];
            bool up = (sender & 1) == 0;
            if (_counting && (up ? call.Caller is not null : call.Model is not null))
            {
                _lateness.Record(now - due);
            }

            if (up)
            {
                call.Caller?.SendFrame(now);
            }
            else if (call.Id >= _options.Stalled && call.Id < _odd)
            {
                call.Model?.SendBurst(now);
            }
            else
            {
                call.Model?.SendFrame(now);
            }

            now = Now();
        }

        _loop.RunAt(_ticker, (long)(_pacer.NextDue * (Stopwatch.Frequency / 1e9)));
    }

    /// <summary>Asks for what the next sender's frame will touch: it is known, and comes while this one's is sent, or while the loop sleeps.</summary>
    private void FetchNext()
    {
        int sender = _pacer.NextSender;
        if (_sending[sender] is { } set)
        {
            set.Fetch();
            return;
        }

        LoadCall call = _calls[sender / 2];
        bool up = (sender & 1) == 0;
        LoadEnd? end = up ? call.Caller : call.Model;
        if (end is not null && (up ? call.Up : call.Down).Sent >= SteadyFrame)
        {
            set = _sending[sender] = new WorkingSet();
            set.Add(call);
            end.AddSendingTo(set);
            (end.Wire as LoadSocket)?.Prepare(end);
        }
    }

    /// <summary>Dials one call; on the loop's thread, as is all that follows.</summary>
    private void Call(LoadCall call, WebSocketClientRequest request, ReadOnlyMemory<IPEndPoint> endPoints, long began)
    {
        LoadSocket? wire = null; // none when no socket could be had
        bool connected = false;
        LoadDial dial = new(request, (status, failure) =>
        {
            if (status == 101)
            {
                LoadCaller caller = new(call.Id, call.Up, call.Down, _switchboard.CallerHears, _options.Relayed, Now);
                wire!.Receiver = caller;
                wire.IsStalled = call.Id < _options.Stalled;
                Begin(call, caller, wire);
                return;
            }

            wire?.Dispose();
            if (!connected && !_givenUp && endPoints.Length > 1)
            {
                Call(call, request, endPoints[1..], began);
                return;
            }

            NotTaken(status, failure, began);
        });
        _dials.Add(dial);
        try
        {
            wire = new LoadSocket(_loop, new Socket(endPoints.Span[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, _buffer, dial);
            _sockets.Add(wire);
            wire.Connect(endPoints.Span[0], () =>
            {
                connected = true;
                dial.Ask(wire);
            });
        }
        catch (SocketException exception)
        {
            dial.OnEnded(exception);
        }
    }

    /// <summary>Whoever has not answered by now does not.</summary>
    private void GiveUp()
    {
        _givenUp = true;
        TimeoutException late = new($"The bridge did not answer within {_options.AnswerPatience.TotalSeconds:0.#} s.");
        foreach (LoadDial dial in _dials)
        {
            dial.OnEnded(late);
        }
    }

    /// <summary>The same under TLS.</summary>
    private async Task CallAsync(LoadCall call, WebSocketClientRequest request)
    {
        long began = Now();
        try
        {
            WebSocketTransport transport = await _tls.ConnectAsync(request);
            LoadCaller caller = new(call.Id, call.Up, call.Down, _switchboard.CallerHears, _options.Relayed, Now);
            LoadPipes wire = new(transport);
            Begin(call, caller, wire);
            if (call.Id >= _options.Stalled)
            {
                await wire.RunAsync(caller, _over.Token);
            }
        }
        catch (WebSocketConnectException exception)
        {
            NotTaken(exception.StatusCode, exception.Message, began);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private void Begin(LoadCall call, LoadCaller caller, ILoadWire wire)
    {
        caller.Wire = wire;
        caller.Ended = _ => _endedEarly += _hangingUp ? 0 : 1;
        caller.Begin(_options.Parameters);
        call.Caller = caller;
        _connected++;
        Interlocked.Increment(ref _settled);
    }

    private void NotTaken(int status, string? failure, long began)
    {
        if (status > 0)
        {
            _refusalTime.Record(Now() - began);
            _refused[status] = _refused.GetValueOrDefault(status) + 1;
        }
        else
        {
            _failed++;
            _firstFailure ??= failure;
        }

        Interlocked.Increment(ref _settled);
    }

    private LoadModel Answered(ILoadWire wire)
    {
        LoadModel model = new(_switchboard.Claim, _switchboard.ModelHears, _options.Relayed, Now) { Wire = wire, Ended = ModelEnded };
        _models.Add(model);
        model.Begin();
        return model;
    }

    private void ModelEnded(LoadEnd model)
    {
        if (!_hangingUp && model.Failure is { } failure)
        {
            _failed++;
            _firstFailure ??= "The bridge's connection to the Realtime server failed: " + failure.Message;
        }
    }

    private void Accept(Socket socket)
    {
        if (_options.Certificate is not null)
        {
            _ = AnswerAsync(socket);
            return;
        }

        LoadAnswer answer = new(wire => wire.Receiver = Answered(wire));
        answer.Wire = new LoadSocket(_loop, socket, _buffer, answer);
        _sockets.Add(answer.Wire);
        answer.Wire.Start();
    }

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            if (await _tls.AcceptAsync(socket) is { } transport)
            {
                LoadPipes wire = new(transport);
                await wire.RunAsync(Answered(wire), _over.Token);
                await _tls.CloseAsync(transport);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or InvalidOperationException)
        {
            if (!_hangingUp)
            {
                _failed++;
                _firstFailure ??= "The bridge's connection to the Realtime server failed: " + exception.Message;
            }
        }
    }

    private sealed class Ticker(LoadGenerator generator) : IEventLoopWork
    {
        public void Run() => generator.Tick();
    }
}
