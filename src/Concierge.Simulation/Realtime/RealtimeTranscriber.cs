using System.Text;
using System.Text.Json;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Realtime;

/// <summary>Tells of a turn's words while the response may already be under way: in two deltas and a whole, or as a failure (PROTOCOL B.6).</summary>
internal sealed class RealtimeTranscriber(
    RealtimeEventWriter events, RealtimeSessionState session, RealtimeTwinOptions options, RealtimeIds ids, Agenda agenda, RealtimeFaultPlan faults)
{
    private const string Prefix = "conversation.item.input_audio_transcription.";

    /// <summary>Begins to tell of an item's words.</summary>
    /// <param name="item">A user's message whose first content is audio.</param>
    /// <param name="text">Its words.</param>
    /// <param name="speechMs">How long they took.</param>
    public void Transcribe(RealtimeItem item, string text, double speechMs)
    {
        TimeSpan at = agenda.Now + TimeSpan.FromMilliseconds(options.TranscriptionMs);
        if (faults.TakeTranscriptionFailure())
        {
            agenda.At(at, () => TellFailed(item));
            return;
        }

        string model = session.TranscriptionModel!;
        bool logProbs = session.IncludesLogProbs;
        int middle = text.IndexOf(' ', text.Length / 2);
        string[] parts = middle > 0 ? [text[..middle], text[middle..]] : [text];
        foreach (string part in parts)
        {
            agenda.At(at, () =>
            {
                Utf8JsonWriter json = Begin("delta", item);
                json.WriteString("delta", part);
                if (logProbs)
                {
                    WriteLogProbs(json, part);
                }

                events.End();
            });
            at += TimeSpan.FromMilliseconds(40);
        }

        if (model.Contains("diarize", StringComparison.Ordinal))
        {
            agenda.At(at, () => TellSegment(item, text, speechMs));
        }

        agenda.At(at, () =>
        {
            item.Body["content"]![0]!["transcript"] = text;
            Utf8JsonWriter json = Begin("completed", item);
            json.WriteString("transcript", text);
            if (logProbs)
            {
                WriteLogProbs(json, text);
            }

            WriteUsage(json, model, text, speechMs);
            events.End();
        });
    }

    private Utf8JsonWriter Begin(string type, RealtimeItem item)
    {
        Utf8JsonWriter json = events.Begin(Prefix + type);
        json.WriteString("item_id", item.Id);
        json.WriteNumber("content_index", 0);
        return json;
    }

    private void TellFailed(RealtimeItem item)
    {
        Utf8JsonWriter json = Begin("failed", item);
        json.WriteStartObject("error");
        json.WriteString("type", "server_error");
        json.WriteString("code", "audio_unintelligible");
        json.WriteString("message", "The audio could not be transcribed.");
        json.WriteNull("param");
        json.WriteEndObject();
        events.End();
    }

    // One person speaks at the other end of a call: one speaker, one segment.
    private void TellSegment(RealtimeItem item, string text, double speechMs)
    {
        Utf8JsonWriter json = Begin("segment", item);
        json.WriteString("text", text);
        json.WriteString("id", ids.Next("seg_"));
        json.WriteString("speaker", "A");
        json.WriteNumber("start", 0.0);
        json.WriteNumber("end", Math.Round(speechMs / 1000, 3));
        events.End();
    }

    // A token is a word; how sure the twin is of it follows from its letters, so that the same words have the same figures.
    private static void WriteLogProbs(Utf8JsonWriter json, string text)
    {
        json.WriteStartArray("logprobs");
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf(' ', at + 1);
            end = end < 0 ? text.Length : end;
            string token = text[at..end];
            json.WriteStartObject();
            json.WriteString("token", token);
            json.WriteNumber("logprob", -0.001 * (1 + (token.Sum(c => c) % 97)));
            json.WriteStartArray("bytes");
            foreach (byte octet in Encoding.UTF8.GetBytes(token))
            {
                json.WriteNumberValue(octet);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            at = end;
        }

        json.WriteEndArray();
    }

    // Whisper is paid by the second, the others by the token: ten for a second heard, one for four letters written.
    private static void WriteUsage(Utf8JsonWriter json, string model, string text, double speechMs)
    {
        json.WriteStartObject("usage");
        if (model.Contains("whisper", StringComparison.Ordinal))
        {
            json.WriteString("type", "duration");
            json.WriteNumber("seconds", Math.Max(1, Math.Ceiling(speechMs / 1000)));
        }
        else
        {
            int heard = Math.Max(1, (int)(speechMs / 100)), written = (text.Length + 3) / 4;
            json.WriteString("type", "tokens");
            json.WriteNumber("total_tokens", heard + written);
            json.WriteNumber("input_tokens", heard);
            json.WriteStartObject("input_token_details");
            json.WriteNumber("text_tokens", 0);
            json.WriteNumber("audio_tokens", heard);
            json.WriteEndObject();
            json.WriteNumber("output_tokens", written);
        }

        json.WriteEndObject();
    }
}
