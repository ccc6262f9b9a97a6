using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.Protocols.Text;

namespace Concierge.Protocols.Tests;

public sealed class ErrorNamesTests
{
    [Fact]
    public void Both_protocols_name_errors_as_the_readers_do()
    {
        string[] names = Enum.GetNames<WireError>();
        Assert.Equal(names, Enum.GetNames<MediaStreamsError>());
        Assert.Equal(names, Enum.GetNames<RealtimeError>());
        foreach (WireError error in Enum.GetValues<WireError>())
        {
            Assert.Equal(error.ToString(), ((MediaStreamsError)error).ToString());
            Assert.Equal(error.ToString(), ((RealtimeError)error).ToString());
        }
    }
}
