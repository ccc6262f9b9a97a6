using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>Plays both far ends of many calls through a bridge, in real time, on one event loop: the carrier's streams towards the bridge, and the Realtime server behind it.</summary>
/// <remarks>Linux only. Calls are begun by <see cref="StartCallsAsync"/>; frames are counted between <see cref="StartCounting"/> and <see cref="StopCountingAsync"/>.</remarks>
public sealed class LoadGenerator : IDisposable
{
    private static readonly TimeSpan s_stragglers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(5);

    private readonly LoadGeneratorOptions _options;
    private readonly EventLoop _loop;
    private readonly LoopListener _listener;
    private readonly LoadSwitchboard _switchboard;
    private readonly LoadPacer _pacer;
    private readonly Ticker _ticker;
    private readonly WebSocketClientConnector _connector;
    private readonly CancellationTokenSource _over = new();
    private readonly LoadHistogram _lateness = new();
    private readonly LoadHistogram _refusalTime = new();
    private readonly SortedDictionary<int, int> _refused = [];
    private readonly List<WebSocketTransport> _transports = [];
    private readonly List<LoadModel> _models = [];
    private readonly int _odd;

    private volatile bool _counting;
    private bool _hangingUp;
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
        _loop = new EventLoop(new EventLoopOptions { Name = "load", Core = options.Core });
        _pacer = new LoadPacer(2 * options.Calls, Now());
        _ticker = new Ticker(this);
        _connector = new WebSocketClientConnector(new WebSocketConnectorOptions
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            HandshakeTimeout = TimeSpan.FromSeconds(10),
            UnacknowledgedTimeout = TimeSpan.Zero,
            Proxy = static _ => null,
            ConfigureTls = options.Certificate is null ? null : tls => tls.RemoteCertificateValidationCallback = Trusts,
        });
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
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _options.Calls; i++)
        {
            TimeSpan wait = TimeSpan.FromSeconds(i / _options.RampPerSecond) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(wait, cancellationToken);
            }

            _loop.Post(new Beginning(this, _switchboard.Calls[i], target));
        }

        long deadline = Stopwatch.GetTimestamp() + (30 * Stopwatch.Frequency);
        while (Volatile.Read(ref _settled) < _options.Calls && Stopwatch.GetTimestamp() < deadline)
        {
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

    private bool Trusts(object sender, System.Security.Cryptography.X509Certificates.X509Certificate? certificate, object? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || (certificate?.GetCertHashString() == _options.Certificate!.GetCertHashString());

    private async Task HangUpAsync(TaskCompletionSource<LoadReading> done)
    {
        try
        {
            LoadReading reading = Read();
            _hangingUp = true;
            using CancellationTokenSource bound = new(s_goodbye);
            foreach (LoadCall call in _switchboard.Calls)
            {
                if (call.Caller is { } caller)
                {
                    _ = caller.HangUpAsync(bound.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
                }
            }

            long deadline = Stopwatch.GetTimestamp() + (3 * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < deadline && _switchboard.Calls.Any(c => c.Id >= _options.Stalled && c.Caller is { IsOver: false }))
            {
                await Task.Delay(20);
            }

            await _over.CancelAsync();
            await Task.Delay(20);
            WebSocketTransport[] left;
            lock (_transports)
            {
                left = [.. _transports];
            }

            foreach (WebSocketTransport transport in left)
            {
                await transport.DisposeAsync();
            }

            done.TrySetResult(reading);
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
        Matched = _switchboard.Calls.Count(c => c.Model is not null),
        Refused = new Dictionary<int, int>(_refused),
        RefusalTime = LoadDirection.Of(_refusalTime),
        Failed = _failed,
        FirstFailure = _firstFailure,
        EndedEarly = _endedEarly,
        Broken = _switchboard.Calls.Sum(c => c.Caller?.Ear.Broken ?? 0) + _models.Sum(m => m.Ear.Broken),
        Unreadable = _switchboard.Calls.Sum(c => c.Caller?.Unreadable ?? 0) + _models.Sum(m => m.Unreadable),
        Marks = _switchboard.Calls.Sum(c => c.Caller?.Marks ?? 0),
    };

    private void Tick()
    {
        long now = Now();
        while (_pacer.TryTake(now, out int sender, out long due))
        {
            LoadCall call = _switchboard.Calls[sender / 2];
            bool up = (sender & 1) == 0;
            if (_counting && (up ? call.Caller is not null : call.Model is not null))
            {
                _lateness.Record(now - due);
            }

            if (up)
            {
                call.Caller?.SendFrame();
            }
            else if (call.Id >= _options.Stalled && call.Id < _odd)
            {
                call.Model?.SendBurst();
            }
            else
            {
                call.Model?.SendFrame();
            }

            now = Now();
        }

        _loop.RunAt(_ticker, (long)(_pacer.NextDue * (Stopwatch.Frequency / 1e9)));
    }

    /// <summary>Dials one call; on the loop's thread, as is all that follows.</summary>
    private async Task CallAsync(LoadCall call, Uri target)
    {
        long began = Now();
        try
        {
            WebSocketTransport transport = await _connector.ConnectAsync(new WebSocketClientRequest(target), _loop, _over.Token);
            LoadCaller caller = new(call, transport, _switchboard.CallerHears, _options.Relayed, Now);
            lock (_transports)
            {
                _transports.Add(transport);
            }

            caller.Begin(_options.Parameters);
            call.Caller = caller;
            _connected++;
            Interlocked.Increment(ref _settled);
            if (call.Id >= _options.Stalled)
            {
                await caller.RunAsync(_over.Token);
                _endedEarly += _hangingUp ? 0 : 1;
            }
        }
        catch (WebSocketConnectException exception) when (exception.StatusCode > 0)
        {
            _refusalTime.Record(Now() - began);
            _refused[exception.StatusCode] = _refused.GetValueOrDefault(exception.StatusCode) + 1;
            Interlocked.Increment(ref _settled);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (Exception exception)
        {
            _failed++;
            _firstFailure ??= exception.Message;
            Interlocked.Increment(ref _settled);
        }
    }

    private void Accept(Socket socket) => _ = AnswerAsync(socket);

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            WebSocketTransport transport = await SecureAsync(socket);
            lock (_transports)
            {
                _transports.Add(transport);
            }

            (_, WebSocketUpgradeDecision decision) = await WebSocketServerHandshake.RunAsync(transport, ["realtime"], ct: _over.Token);
            if (decision.IsAccepted)
            {
                LoadModel model = new(_switchboard, transport, _switchboard.ModelHears, _options.Relayed, Now);
                _models.Add(model);
                await model.RunAsync(_over.Token);
            }

            lock (_transports)
            {
                _transports.Remove(transport);
            }

            await transport.DisposeAsync();
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

    private async ValueTask<WebSocketTransport> SecureAsync(Socket socket)
    {
        if (_options.Certificate is not { } certificate)
        {
            return WebSocketTransport.FromSocket(_loop, socket);
        }

        SslStream tls = new(LoopStream.Create(_loop, socket));
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _over.Token);
        return WebSocketTransport.FromStream(socket, tls);
    }

    private sealed class Ticker(LoadGenerator generator) : IEventLoopWork
    {
        public void Run() => generator.Tick();
    }

    private sealed class Beginning(LoadGenerator generator, LoadCall call, Uri target) : IEventLoopWork
    {
        public void Run() => _ = generator.CallAsync(call, target);
    }
}
