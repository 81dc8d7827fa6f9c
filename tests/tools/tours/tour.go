// A tour of a running site with the generated Go client: token, lists by links, a post, a like, a search.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	hanmadi "tour/client"
)

func check(isTrue bool, what string) {
	if !isTrue {
		panic(what)
	}
}

func must[T any](value T, _ *http.Response, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func follow(link string, token string, into any) {
	request, err := http.NewRequest("GET", os.Getenv("SITE")+link, nil)
	check(err == nil, "a link is an address")
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	check(err == nil && answer.StatusCode == 200, "a link leads somewhere")
	defer answer.Body.Close()
	check(json.NewDecoder(answer.Body).Decode(into) == nil, "what a link leads to can be read")
}

func main() {
	settings := hanmadi.NewConfiguration()
	settings.Servers = hanmadi.ServerConfigurations{{URL: os.Getenv("SITE")}}
	client := hanmadi.NewAPIClient(settings)
	credentials := hanmadi.BasicAuth{UserName: os.Getenv("NAME"), Password: os.Getenv("PASSWORD")}
	basic := context.WithValue(context.Background(), hanmadi.ContextBasicAuth, credentials)
	order := hanmadi.TokenOrder{Scopes: []string{"read", "write"}}
	order.SetName("tour.go")
	issued := must(client.TokensAPI.CreateToken(basic).TokenOrder(order).Execute())
	known := context.WithValue(context.Background(), hanmadi.ContextAccessToken, issued.Token)

	entry := must(client.EntryAPI.GetEntry(known).Execute())
	check(entry.Links.Posts == "/api/posts", "the entry leads to the posts")
	page := must(client.PostsAPI.ListPosts(known).PerPage(5).Execute())
	seen := map[int64]bool{}
	for n := 0; n < 3; n++ {
		if n > 0 {
			next := hanmadi.Posts{}
			follow(page.Links.GetNext(), issued.Token, &next)
			page = &next
		}
		for _, post := range page.Items {
			seen[post.Id] = true
		}
	}
	check(len(seen) == 15, "three pages of five posts")
	made := must(client.PostsAPI.CreatePost(known).PostOrder(*hanmadi.NewPostOrder("tour.go")).IdempotencyKey("tour.go").Execute())
	liked := must(client.PostsAPI.LikePost(known, made.Id).Execute())
	check(liked.Liked && liked.LikeCount == 1, "the post is liked")
	author := must(client.UsersAPI.GetUser(known, "1").Execute())
	found := must(client.SearchAPI.SearchPosts(known).Q("from:" + author.Username).Execute())
	check(len(found.Items) > 0 && found.Items[0].Author.Id == author.Id, "the search finds the author's posts")
	fmt.Println(made.Id)
}
