package product

// https://kubernetes.github.io/ingress-nginx/
var ingressNginx = Product{
	Name: "ingress-nginx", Names: []string{"ingress-nginx", "kubernetes-ingress"}, Role: Proxy,
	Manual: "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#enable-cors",
	Signs: []Sign{
		{Strength: Sure, Body: "default backend - 404", Says: "the body “default backend - 404”"},
		{Strength: Sure, Preflight: true, Match: func(l *Look) bool {
			return l.get("Access-Control-Max-Age") == "1728000" && containsAfter(l.get("Access-Control-Allow-Headers"), "dnt,keep-alive,user-agent,x-requested-with", "range,authorization")
		}, Says: "the list of allowed headers, which is its default"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
			Text:   "The Ingress has annotations for CORS. cors-allow-headers replaces the default list, and cors-allow-credentials is true by default. If the application sends the headers itself, leave enable-cors out.",
			Snippet: `nginx.ingress.kubernetes.io/enable-cors: "true"
nginx.ingress.kubernetes.io/cors-allow-origin: "«origin»"
nginx.ingress.kubernetes.io/cors-allow-methods: "«methods»"
«?headers»nginx.ingress.kubernetes.io/cors-allow-headers: "«headers»"
«?exposed»nginx.ingress.kubernetes.io/cors-expose-headers: "«exposed»"
«?!credentials»nginx.ingress.kubernetes.io/cors-allow-credentials: "false"
`,
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "The Ingress takes bodies of up to 1 MiB unless an annotation says otherwise.",
			Snippet: "nginx.ingress.kubernetes.io/proxy-body-size: \"20m\"\n",
			Manual:  "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#custom-max-body-size",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "If the application behind the Ingress sends the header, take the annotation enable-cors away.",
		},
		{
			Topics: []Topic{Scheme},
			Text:   "The Ingress redirects http: to https: with status 308 where TLS is set up. Let the page use the https: URL. The annotation ssl-redirect turns that off.",
			Manual: "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#server-side-https-enforcement-through-redirect",
		},
	},
}
