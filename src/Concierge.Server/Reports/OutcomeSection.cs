using System.Globalization;
using Concierge.Calls.Outcome;

namespace Concierge.Server.Reports;

/// <summary>What the call came to.</summary>
internal static class OutcomeSection
{
    public static void Write(HtmlBuilder html, CallReport report)
    {
        CallOutcome outcome = report.Outcome;
        string status = outcome.Status.ToString();
        html.Add($"<section class=\"card outcome {status.ToLowerInvariant()}\"><h2>Outcome</h2><p class=\"status\">{status}{(outcome.Modified ? " · with changes" : "")}</p>");
        if (outcome.ConfirmationNumber is { } number)
        {
            html.Add($"<div class=\"number\"><small>Confirmation number</small><p aria-label=\"{number}\">");
            foreach (char character in number)
            {
                html.Add($"<b>{character}</b>");
            }

            html.Add($"</p></div>");
        }

        html.Add($"<dl>");
        Row(html, "Date", outcome.Date?.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture));
        Row(html, "Time", outcome.Time?.ToString("HH:mm", CultureInfo.InvariantCulture));
        Row(html, "Guests", outcome.PartySize?.ToString(CultureInfo.InvariantCulture));
        Row(html, "Name", outcome.Name);
        Row(html, "Notes", outcome.Notes);
        Row(html, "Established by", outcome.Source switch
        {
            CallOutcomeSource.AgentTool => "the agent, during the call",
            CallOutcomeSource.Transcript => "the transcript, afterwards",
            _ => null,
        });
        html.Add($"</dl></section>");
    }

    private static void Row(HtmlBuilder html, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            html.Add($"<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
    }
}
