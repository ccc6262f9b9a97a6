using Concierge.Calls.Carrier;
using Concierge.Calls.Life;

namespace Concierge.Calls.Tests.Outbound;

/// <summary>A carrier that keeps its calls in a dictionary and never calls back.</summary>
internal sealed class FakeCarrier : ICarrierClient
{
    public Dictionary<string, CarrierCall> Calls { get; } = [];

    public List<CarrierCallOrder> Orders { get; } = [];

    public List<string> Ended { get; } = [];

    public List<string> Redirected { get; } = [];

    /// <summary>What an order comes to; the call is dialled all the same when it is unclear.</summary>
    public CarrierException? OnCreate { get; set; }

    public Task<CarrierCall> CreateAsync(CarrierCallOrder order, CancellationToken cancellationToken)
    {
        Orders.Add(order);
        if (OnCreate is { } failure)
        {
            throw failure;
        }

        CarrierCall call = new($"CA{Orders.Count}", CallState.Initiated);
        Calls[call.Sid] = call;
        return Task.FromResult(call);
    }

    public Task<CarrierCall?> FetchAsync(string callSid, CancellationToken cancellationToken) => Task.FromResult(Calls.GetValueOrDefault(callSid));

    public Task<CarrierCall?> EndAsync(string callSid, bool answered, CancellationToken cancellationToken)
    {
        CarrierCall? call = Calls.GetValueOrDefault(callSid);
        if (call is not null && !call.State.IsFinal() && answered == (call.State == CallState.InProgress))
        {
            Ended.Add(callSid);
            Calls[callSid] = call with { State = answered ? CallState.Completed : CallState.Canceled };
        }

        return Task.FromResult(Calls.GetValueOrDefault(callSid));
    }

    public Task<CarrierCall?> RedirectAsync(string callSid, string twiml, CancellationToken cancellationToken)
    {
        Redirected.Add(twiml);
        return Task.FromResult(Calls.GetValueOrDefault(callSid));
    }
}
