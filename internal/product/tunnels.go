package product

// https://ngrok.com/docs
var ngrok = Product{
	Name: "ngrok", Names: []string{"ngrok"}, Role: Proxy,
	Manual: "https://ngrok.com/docs/errors/err_ngrok_6024",
	Signs: []Sign{
		{Strength: Sure, Header: "ngrok-error-code"},
		{Strength: Sure, Body: "err_ngrok_", Says: "the page with the code ERR_NGROK_…"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Challenge},
			Text:    "The warning page is for browsers that visit a free tunnel. Send the request header ngrok-skip-browser-warning with any value, and have the server allow it in Access-Control-Allow-Headers; or use a tunnel of a paid plan.",
			Snippet: "fetch(url, { headers: { \"ngrok-skip-browser-warning\": \"1\" } })\n",
		},
		{
			Topics: []Topic{Errors},
			Text:   "ngrok made the error itself: ERR_NGROK_3200 says that the tunnel does not run, ERR_NGROK_8012 that nothing listens at the port that it leads to. Start what is missing.",
			Manual: "https://ngrok.com/docs/errors",
		},
	},
}

// https://theboroer.github.io/localtunnel-www/
var localtunnel = Product{
	Name: "localtunnel", Names: []string{"localtunnel"}, Role: Proxy,
	Manual: "https://theboroer.github.io/localtunnel-www/",
	Signs: []Sign{
		{Strength: Sure, Header: "x-localtunnel-status"},
		{Strength: Fair, Host: ".loca.lt"},
	},
	Advice: []Advice{{
		Topics:  []Topic{Challenge},
		Text:    "The page is for people who visit the tunnel. Send the request header bypass-tunnel-reminder with any value, and have the server allow it in Access-Control-Allow-Headers.",
		Snippet: "fetch(url, { headers: { \"bypass-tunnel-reminder\": \"1\" } })\n",
	}},
}

// https://learn.microsoft.com/en-us/azure/developer/dev-tunnels/
var devTunnels = Product{
	Name: "GitHub Codespaces or a dev tunnel", Names: []string{"codespaces", "dev-tunnels"}, Role: Guard,
	Manual: "https://docs.github.com/en/codespaces/developing-in-a-codespace/forwarding-ports-in-your-codespace",
	Signs: []Sign{
		{Strength: Sure, Header: "x-tunnel-error"},
		{Strength: Sure, Body: "tunnels.api.visualstudio.com/auth", Says: "a page of the tunnel's login"},
		{Strength: Fair, Host: ".app.github.dev"},
		{Strength: Fair, Host: ".devtunnels.ms"},
	},
	Advice: []Advice{{
		Topics:  []Topic{Challenge, Login, SignIn, Forbidden},
		Text:    "A forwarded port is private unless it is told otherwise, and asks for a login, preflights included. Make the port public.",
		Snippet: "gh codespace ports visibility 3000:public   # the port that is forwarded\n",
	}},
}
