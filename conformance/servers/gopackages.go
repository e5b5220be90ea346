package main

import (
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"regexp"
	"strings"
	"time"

	gincors "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chicors "github.com/go-chi/cors"
	fiber2 "github.com/gofiber/fiber/v2"
	fiber2cors "github.com/gofiber/fiber/v2/middleware/cors"
	fiber3 "github.com/gofiber/fiber/v3"
	fiber3cors "github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"
	echo4 "github.com/labstack/echo/v4"
	echo4middleware "github.com/labstack/echo/v4/middleware"
	echo5 "github.com/labstack/echo/v5"
	echo5middleware "github.com/labstack/echo/v5/middleware"
	rscors "github.com/rs/cors"
)

// goPackages are Go's CORS packages.
func goPackages() []server {
	return []server{
		{name: "rs/cors", module: "github.com/rs/cors", handler: withRS, own: []ownSetting{
			{"routes wrapped one by one", "the list, but around each handler of a router with methods in its patterns, instead of around the router", meansList, only(uses("")), rsWithin},
			{"sign-in outside", "the list, but within the middleware that asks for a sign-in", meansList, signedInIntent(), func() http.Handler { return signedIn(withRSOf(api(), listWish())) }},
			{"twice", "the list, in a gateway and in the service behind it", meansList, only(uses("")), func() http.Handler { return gateway(withRSOf(api(), listWish())) }},
		}},
		{name: "go-chi/cors", module: "github.com/go-chi/cors", handler: withChi, own: []ownSetting{
			{"in a group", "the list, in a group of routes instead of the whole router", meansList, only(uses("")), chiGroup},
		}},
		{name: "gorilla/handlers", module: "github.com/gorilla/handlers", handler: withGorilla, own: []ownSetting{
			{"as a middleware of the router", "the list, by the router's Use, with routes that name their methods", meansList, only(uses("")), gorillaUse},
			{"prefix in a validator", "`strings.HasPrefix(origin, \"https://app.example\")`, credentials", "this origin, with credentials", justApp(app), gorillaPrefix},
		}},
		{name: "gin-contrib/cors", module: "github.com/gin-contrib/cors", handler: withGin, own: []ownSetting{
			{"after the routes", "the list, by Use after the routes were added", meansList, only(uses("")), ginLate},
			{"in a group", "the list, in a group of routes instead of the whole router", meansList, only(uses("")), ginGroup},
		}},
		{name: "echo v4", module: "github.com/labstack/echo/v4", handler: withEcho4, own: []ownSetting{
			{"in a group", "the list, in a group of routes instead of the whole router", meansList, only(uses("")), echo4Group},
		}},
		{name: "echo v5", module: "github.com/labstack/echo/v5", handler: withEcho5},
		{name: "fiber v2", module: "github.com/gofiber/fiber/v2", listen: withFiber2},
		{name: "fiber v3", module: "github.com/gofiber/fiber/v3", listen: withFiber3},
	}
}

// meansList is what the list means.
const meansList = "these two origins, and no other, without credentials"

func listWish() wish {
	return wish{Origins: both, Methods: methods, Headers: headers, Exposed: exposed, MaxAge: 600}
}

// inShop is the subdomain pattern as a function, as people write it.
var inShop = regexp.MustCompile(`^https://.*\.shop\.example$`).MatchString

func withRS(w wish) http.Handler { return withRSOf(api(), w) }

func withRSOf(next http.Handler, w wish) http.Handler {
	if w.Defaults {
		return rscors.Default().Handler(next)
	}
	o := rscors.Options{
		AllowedOrigins: w.Origins, AllowedMethods: w.Methods, AllowedHeaders: w.Headers, ExposedHeaders: w.Exposed,
		AllowCredentials: w.Credentials, MaxAge: w.MaxAge,
	}
	if w.AnyByFunc {
		o.AllowOriginFunc = func(string) bool { return true }
	}
	return rscors.New(o).Handler(next)
}

func rsWithin() http.Handler {
	within := func(h http.HandlerFunc) http.Handler { return withRSOf(h, listWish()) }
	mux := http.NewServeMux()
	mux.Handle("GET /items", within(listItems))
	mux.Handle("POST /items", within(createItem))
	mux.Handle("PUT /items/{id}", within(replaceItem))
	mux.Handle("PATCH /items/{id}", within(replaceItem))
	mux.Handle("DELETE /items/{id}", within(deleteItem))
	mux.Handle("GET /broken", within(broken))
	return mux
}

// gateway allows the origins that the service behind it allows, too.
func gateway(service http.Handler) http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", "service.internal" },
		Transport: roundTripper(service),
		ErrorLog:  log.New(io.Discard, "", 0), // pages close what they don't read
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin == app || origin == admin {
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
		w.Header().Add("Vary", "Origin")
		proxy.ServeHTTP(w, r)
	})
}

// roundTripper calls a handler.
func roundTripper(h http.Handler) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result(), nil
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func apiOnChi(r chi.Router) {
	r.Get("/items", listItems)
	r.Post("/items", createItem)
	r.Put("/items/{id}", replaceItem)
	r.Patch("/items/{id}", replaceItem)
	r.Delete("/items/{id}", deleteItem)
	r.Get("/broken", broken)
}

func chiOptions(w wish) chicors.Options {
	if w.Defaults {
		return chicors.Options{}
	}
	o := chicors.Options{
		AllowedOrigins: w.Origins, AllowedMethods: w.Methods, AllowedHeaders: w.Headers, ExposedHeaders: w.Exposed,
		AllowCredentials: w.Credentials, MaxAge: w.MaxAge,
	}
	if w.AnyByFunc {
		o.AllowOriginFunc = func(*http.Request, string) bool { return true }
	}
	return o
}

func withChi(w wish) http.Handler {
	r := chi.NewRouter()
	r.Use(chicors.Handler(chiOptions(w)))
	apiOnChi(r)
	return r
}

func chiGroup() http.Handler {
	r := chi.NewRouter()
	r.Group(func(r chi.Router) {
		r.Use(chicors.Handler(chiOptions(listWish())))
		apiOnChi(r)
	})
	return r
}

func gorillaOptions(w wish) []handlers.CORSOption {
	if w.Defaults {
		return nil
	}
	o := []handlers.CORSOption{
		handlers.AllowedMethods(w.Methods), handlers.AllowedHeaders(w.Headers),
		handlers.ExposedHeaders(w.Exposed), handlers.MaxAge(w.MaxAge),
	}
	switch {
	case w.AnyByFunc:
		o = append(o, handlers.AllowedOriginValidator(func(string) bool { return true }))
	case len(w.Origins) == 1 && len(w.Origins[0]) > 1:
		o = append(o, handlers.AllowedOriginValidator(inShop))
	default:
		o = append(o, handlers.AllowedOrigins(w.Origins))
	}
	if w.Credentials {
		o = append(o, handlers.AllowCredentials())
	}
	return o
}

func apiOnMux() *mux.Router {
	r := mux.NewRouter()
	r.HandleFunc("/items", listItems).Methods("GET")
	r.HandleFunc("/items", createItem).Methods("POST")
	r.HandleFunc("/items/{id}", replaceItem).Methods("PUT", "PATCH")
	r.HandleFunc("/items/{id}", deleteItem).Methods("DELETE")
	r.HandleFunc("/broken", broken).Methods("GET")
	return r
}

func withGorilla(w wish) http.Handler { return handlers.CORS(gorillaOptions(w)...)(apiOnMux()) }

func gorillaUse() http.Handler {
	r := apiOnMux()
	r.Use(handlers.CORS(gorillaOptions(listWish())...))
	return r
}

func gorillaPrefix() http.Handler {
	w := listWish()
	w.Credentials = true
	o := append(gorillaOptions(w), handlers.AllowedOriginValidator(func(origin string) bool { return strings.HasPrefix(origin, app) }))
	return handlers.CORS(o...)(apiOnMux())
}

func ginMiddleware(w wish) gin.HandlerFunc {
	if w.Defaults {
		return gincors.Default()
	}
	c := gincors.Config{
		AllowMethods: w.Methods, AllowHeaders: w.Headers, ExposeHeaders: w.Exposed,
		AllowCredentials: w.Credentials, MaxAge: time.Duration(w.MaxAge) * time.Second,
	}
	switch {
	case w.AnyByFunc:
		c.AllowOriginFunc = func(string) bool { return true }
	case len(w.Origins) == 1 && w.Origins[0] == "*":
		c.AllowAllOrigins = true
	default:
		c.AllowOrigins = w.Origins
		c.AllowWildcard = len(w.Origins) == 1
	}
	return gincors.New(c)
}

func newGin() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	return gin.New()
}

func apiOnGin(r gin.IRouter) {
	r.GET("/items", gin.WrapF(listItems))
	r.POST("/items", gin.WrapF(createItem))
	r.PUT("/items/:id", gin.WrapF(replaceItem))
	r.PATCH("/items/:id", gin.WrapF(replaceItem))
	r.DELETE("/items/:id", gin.WrapF(deleteItem))
	r.GET("/broken", func(c *gin.Context) { c.AbortWithStatusJSON(http.StatusInternalServerError, "out of order") })
}

func withGin(w wish) http.Handler {
	r := newGin()
	r.Use(ginMiddleware(w))
	apiOnGin(r)
	return r
}

func ginLate() http.Handler {
	r := newGin()
	apiOnGin(r)
	r.Use(ginMiddleware(listWish()))
	return r
}

func ginGroup() http.Handler {
	r := newGin()
	group := r.Group("/", ginMiddleware(listWish()))
	apiOnGin(group)
	return r
}

var errBroken = errors.New("out of order")

func apiOnEcho4(add func(method, path string, h echo4.HandlerFunc, m ...echo4.MiddlewareFunc) *echo4.Route) {
	wrap := func(h http.HandlerFunc) echo4.HandlerFunc { return echo4.WrapHandler(h) }
	add("GET", "/items", wrap(listItems))
	add("POST", "/items", wrap(createItem))
	add("PUT", "/items/:id", wrap(replaceItem))
	add("PATCH", "/items/:id", wrap(replaceItem))
	add("DELETE", "/items/:id", wrap(deleteItem))
	add("GET", "/broken", func(echo4.Context) error { return errBroken })
}

func echo4CORS(w wish) echo4.MiddlewareFunc {
	if w.Defaults {
		return echo4middleware.CORS()
	}
	c := echo4middleware.CORSConfig{
		AllowOrigins: w.Origins, AllowMethods: w.Methods, AllowHeaders: w.Headers, ExposeHeaders: w.Exposed,
		AllowCredentials: w.Credentials, MaxAge: w.MaxAge,
	}
	if w.AnyByFunc {
		c.AllowOriginFunc = func(string) (bool, error) { return true, nil }
	}
	return echo4middleware.CORSWithConfig(c)
}

func withEcho4(w wish) http.Handler {
	e := echo4.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(echo4CORS(w))
	apiOnEcho4(e.Add)
	return e
}

func echo4Group() http.Handler {
	e := echo4.New()
	e.Logger.SetOutput(io.Discard)
	apiOnEcho4(e.Group("", echo4CORS(listWish())).Add)
	return e
}

func withEcho5(w wish) http.Handler {
	e := echo5.New()
	e.Logger = slog.New(slog.DiscardHandler)
	if w.Defaults {
		e.Use(echo5middleware.CORS())
	} else {
		c := echo5middleware.CORSConfig{
			AllowOrigins: w.Origins, AllowMethods: w.Methods, AllowHeaders: w.Headers, ExposeHeaders: w.Exposed,
			AllowCredentials: w.Credentials, MaxAge: w.MaxAge,
		}
		switch {
		case w.AnyByFunc:
			c.AllowOrigins = nil
			c.UnsafeAllowOriginFunc = func(_ *echo5.Context, origin string) (string, bool, error) { return origin, true, nil }
		case len(w.Origins) == 1 && len(w.Origins[0]) > 1:
			c.AllowOrigins = nil
			c.UnsafeAllowOriginFunc = func(_ *echo5.Context, origin string) (string, bool, error) { return origin, inShop(origin), nil }
		}
		e.Use(echo5middleware.CORSWithConfig(c))
	}
	wrap := func(h http.HandlerFunc) echo5.HandlerFunc { return echo5.WrapHandler(h) }
	e.GET("/items", wrap(listItems))
	e.POST("/items", wrap(createItem))
	e.PUT("/items/:id", wrap(replaceItem))
	e.PATCH("/items/:id", wrap(replaceItem))
	e.DELETE("/items/:id", wrap(deleteItem))
	e.GET("/broken", func(*echo5.Context) error { return errBroken })
	return e
}

func withFiber2(w wish) listener {
	a := fiber2.New(fiber2.Config{DisableStartupMessage: true})
	if w.Defaults {
		a.Use(fiber2cors.New())
	} else {
		c := fiber2cors.Config{
			AllowOrigins: strings.Join(w.Origins, ","), AllowMethods: strings.Join(w.Methods, ","), AllowHeaders: strings.Join(w.Headers, ","),
			ExposeHeaders: strings.Join(w.Exposed, ","), AllowCredentials: w.Credentials, MaxAge: w.MaxAge,
		}
		if w.AnyByFunc {
			c.AllowOriginsFunc = func(string) bool { return true }
		}
		a.Use(fiber2cors.New(c))
	}
	a.Get("/items", func(c *fiber2.Ctx) error { c.Set("X-Total-Count", "2"); return c.JSON([]int{1, 2}) })
	a.Post("/items", func(c *fiber2.Ctx) error { return c.Status(201).JSON(3) })
	a.Put("/items/:id", func(c *fiber2.Ctx) error { return c.JSON(1) })
	a.Patch("/items/:id", func(c *fiber2.Ctx) error { return c.JSON(1) })
	a.Delete("/items/:id", func(c *fiber2.Ctx) error { return c.SendStatus(204) })
	a.Get("/broken", func(*fiber2.Ctx) error { return errBroken })
	return listener{a.Listener, a.Shutdown}
}

func withFiber3(w wish) listener {
	a := fiber3.New()
	if w.Defaults {
		a.Use(fiber3cors.New())
	} else {
		c := fiber3cors.Config{
			AllowOrigins: w.Origins, AllowMethods: w.Methods, AllowHeaders: w.Headers,
			ExposeHeaders: w.Exposed, AllowCredentials: w.Credentials, MaxAge: w.MaxAge,
		}
		if w.AnyByFunc {
			c.AllowOriginsFunc = func(string) bool { return true }
		}
		a.Use(fiber3cors.New(c))
	}
	a.Get("/items", func(c fiber3.Ctx) error { c.Set("X-Total-Count", "2"); return c.JSON([]int{1, 2}) })
	a.Post("/items", func(c fiber3.Ctx) error { return c.Status(201).JSON(3) })
	a.Put("/items/:id", func(c fiber3.Ctx) error { return c.JSON(1) })
	a.Patch("/items/:id", func(c fiber3.Ctx) error { return c.JSON(1) })
	a.Delete("/items/:id", func(c fiber3.Ctx) error { return c.SendStatus(204) })
	a.Get("/broken", func(fiber3.Ctx) error { return errBroken })
	return listener{func(l net.Listener) error { return a.Listener(l, fiber3.ListenConfig{DisableStartupMessage: true}) }, a.Shutdown}
}
