using Concierge.Agents.Restaurants;

namespace Concierge.Agents.Tests.Restaurants;

public sealed class RestaurantDirectoryTests
{
    private static readonly RestaurantDirectory s_directory = new(
    [
        new Restaurant("Trattoria Bella", "+14155550101") { Cuisine = "Italian", Area = "North Beach" },
        new Restaurant("Bella Vista", "+14155550102") { Cuisine = "Spanish", Area = "Mission" },
        new Restaurant("Sakura House", "+14155550103") { Cuisine = "Japanese, sushi", Area = "Japantown" },
        new Restaurant("Chez Amélie", "+14155550104") { Cuisine = "French", Area = "Old Town", Notes = "terrace" },
    ]);

    [Theory]
    [InlineData("Trattoria Bella", "Trattoria Bella")]
    [InlineData("tratoria bela", "Trattoria Bella")]
    [InlineData("the trattoria", "Trattoria Bella")]
    [InlineData("Bella Vista", "Bella Vista")]
    [InlineData("sakura", "Sakura House")]
    [InlineData("chez amelie", "Chez Amélie")]
    [InlineData("Sukura Huose", "Sakura House")]
    [InlineData("the Italian in North Beach", "Trattoria Bella")]
    public void One_is_meant_however_it_is_spelled(string said, string meant) => Assert.Equal(meant, s_directory.FindOne(said)?.Name);

    [Theory]
    [InlineData("Bella")]
    [InlineData("McBurger")]
    [InlineData("xyz")]
    public void Nothing_is_guessed_where_several_or_none_are_meant(string said) => Assert.Null(s_directory.FindOne(said));

    [Fact]
    public void Searches_by_cuisine_and_area()
    {
        Assert.Equal("Sakura House", Assert.Single(s_directory.Search(cuisine: "japanese")).Restaurant.Name);
        Assert.Equal("Bella Vista", Assert.Single(s_directory.Search(area: "mission")).Restaurant.Name);
        Assert.Empty(s_directory.Search(cuisine: "italian", area: "mission"));
        Assert.Equal(4, s_directory.Search().Count);
        Assert.Equal("Trattoria Bella", s_directory.Search("italian")[0].Restaurant.Name);
    }

    [Fact]
    public void Reads_json_and_csv_alike()
    {
        Restaurant json = RestaurantFile.ParseJson("""[ { "name": "Bella, the \"first\"", "phone": "+1 (415) 555-0101", "cuisine": "Italian" }, ]""")[0];
        Restaurant csv = RestaurantFile.ParseCsv("Name,Phone,Cuisine\r\n\"Bella, the \"\"first\"\"\",+1 415.555.0101,Italian\r\n")[0];
        Assert.Equal(json, csv);
        Assert.Equal("+14155550101", json.Phone);
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "must be a list")]
    [InlineData("""[{"name":"x"}]""", "restaurant 1 (x) has no phone")]
    [InlineData("""[{"phone":"+14155550101"}]""", "restaurant 1 has no name")]
    [InlineData("""[{"name":"x","phone":"415 555 0101"}]""", "no number in E.164")]
    [InlineData("[", "not JSON: line 1")]
    public void Says_what_is_wrong_with_a_file(string json, string why) =>
        Assert.Contains(why, Assert.Throws<RestaurantFileException>(() => RestaurantFile.ParseJson(json)).Message);
}
