namespace Concierge.Calls.Policy;

/// <summary>
/// Where a number's telephone rings, as time zones. Countries with several zones give all of them unless the area code tells: a call must then be welcome in each,
/// which is the safe side.
/// </summary>
internal static class TimeZones
{
    private static readonly string[] s_northAmerica = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"];

    /// <summary>Area codes that lie in one zone as a whole.</summary>
    private static readonly (string Zone, string Codes)[] s_areaCodes =
    [
        ("America/Los_Angeles", "206 209 213 253 279 310 323 341 360 408 415 424 425 442 503 510 530 559 562 564 604 619 626 628 650 657 661 669 702 707 714 725 747 760 775 778 805 818 820 831 840 858 909 916 925 949 951 971"),
        ("America/Denver", "303 307 385 406 435 505 587 720 801 970 983"),
        ("America/Phoenix", "480 520 602 623 928"),
        ("America/Chicago", "205 210 214 217 218 224 225 228 251 254 262 281 309 312 314 316 318 320 325 331 337 346 361 402 405 409 414 417 430 432 469 479 501 504 507 512 515 563 573 580 601 608 612 615 618 630 636 641 651 662 682 708 712 713 715 737 763 769 773 779 806 815 816 817 830 832 847 870 872 901 903 913 918 920 936 940 952 956 972 979 985 204 431"),
        ("America/New_York", "201 202 203 207 212 215 216 220 229 234 239 240 248 252 267 272 276 301 302 305 313 315 321 326 330 332 336 339 347 351 352 380 386 401 404 407 410 412 413 419 434 440 443 445 463 470 475 478 484 508 513 516 517 518 540 551 561 567 570 571 585 586 603 607 609 610 614 616 617 631 640 646 667 678 680 689 703 704 716 717 718 724 727 732 734 740 743 754 757 762 770 772 774 781 786 802 803 804 810 813 814 828 835 838 839 843 845 848 854 856 857 860 862 863 864 878 904 908 910 912 914 917 919 929 934 937 941 947 954 959 973 978 980 984 989 416 437 519 548 613 343 647 905 289 365 438 450 514 579 418 581"),
        ("Pacific/Honolulu", "808"),
        ("America/Anchorage", "907"),
        ("America/Puerto_Rico", "787 939"),
    ];

    private static readonly (string Prefix, string[] Zones)[] s_countries =
    [
        ("+1", s_northAmerica),
        ("+20", ["Africa/Cairo"]), ("+27", ["Africa/Johannesburg"]), ("+30", ["Europe/Athens"]), ("+31", ["Europe/Amsterdam"]), ("+32", ["Europe/Brussels"]),
        ("+33", ["Europe/Paris"]), ("+34", ["Europe/Madrid"]), ("+36", ["Europe/Budapest"]), ("+39", ["Europe/Rome"]), ("+40", ["Europe/Bucharest"]), ("+41", ["Europe/Zurich"]),
        ("+43", ["Europe/Vienna"]), ("+44", ["Europe/London"]), ("+45", ["Europe/Copenhagen"]), ("+46", ["Europe/Stockholm"]), ("+47", ["Europe/Oslo"]), ("+48", ["Europe/Warsaw"]),
        ("+49", ["Europe/Berlin"]), ("+51", ["America/Lima"]), ("+52", ["America/Mexico_City", "America/Tijuana", "America/Cancun"]), ("+54", ["America/Argentina/Buenos_Aires"]),
        ("+55", ["America/Sao_Paulo", "America/Manaus"]), ("+56", ["America/Santiago"]), ("+57", ["America/Bogota"]), ("+60", ["Asia/Kuala_Lumpur"]),
        ("+61", ["Australia/Sydney", "Australia/Adelaide", "Australia/Perth"]), ("+62", ["Asia/Jakarta", "Asia/Jayapura"]), ("+63", ["Asia/Manila"]), ("+64", ["Pacific/Auckland"]),
        ("+65", ["Asia/Singapore"]), ("+66", ["Asia/Bangkok"]), ("+7", ["Europe/Moscow", "Asia/Vladivostok", "Asia/Yekaterinburg"]), ("+81", ["Asia/Tokyo"]), ("+82", ["Asia/Seoul"]),
        ("+84", ["Asia/Ho_Chi_Minh"]), ("+86", ["Asia/Shanghai"]), ("+90", ["Europe/Istanbul"]), ("+91", ["Asia/Kolkata"]), ("+212", ["Africa/Casablanca"]), ("+351", ["Europe/Lisbon"]),
        ("+352", ["Europe/Luxembourg"]), ("+353", ["Europe/Dublin"]), ("+354", ["Atlantic/Reykjavik"]), ("+358", ["Europe/Helsinki"]), ("+359", ["Europe/Sofia"]), ("+370", ["Europe/Vilnius"]),
        ("+371", ["Europe/Riga"]), ("+372", ["Europe/Tallinn"]), ("+380", ["Europe/Kyiv"]), ("+385", ["Europe/Zagreb"]), ("+386", ["Europe/Ljubljana"]), ("+420", ["Europe/Prague"]),
        ("+421", ["Europe/Bratislava"]), ("+852", ["Asia/Hong_Kong"]), ("+886", ["Asia/Taipei"]), ("+971", ["Asia/Dubai"]), ("+972", ["Asia/Jerusalem"]),
    ];

    /// <summary>The zones of a number; none when its country is not known here.</summary>
    public static IReadOnlyList<TimeZoneInfo> Of(string number)
    {
        string[] names = [];
        if (number.StartsWith("+1", StringComparison.Ordinal) && number.Length >= 5)
        {
            string code = number[2..5];
            names = [.. s_areaCodes.Where(a => a.Codes.Split(' ').Contains(code)).Select(a => a.Zone)];
        }

        if (names.Length == 0)
        {
            names = s_countries.Where(c => number.StartsWith(c.Prefix, StringComparison.Ordinal)).OrderByDescending(c => c.Prefix.Length).FirstOrDefault().Zones ?? [];
        }

        return [.. names.Select(Find).OfType<TimeZoneInfo>()];
    }

    private static TimeZoneInfo? Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;
}
