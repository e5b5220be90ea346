package product

// https://supabase.com/docs
var supabase = Product{
	Name: "Supabase", Names: []string{"supabase", "supabase-functions"}, Role: Service,
	Manual: "https://supabase.com/docs/guides/functions/cors",
	Signs: []Sign{
		{Strength: Sure, Host: ".supabase.co"},
		{Strength: Sure, Header: "x-served-by", Value: "supabase-edge-runtime"},
		{Strength: Sure, Header: "sb-gateway-version", Says: "the header sb-gateway-version"},
		{Strength: Sure, Header: "sb-project-ref", Says: "the header sb-project-ref"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
			Text:   "An Edge Function has to answer OPTIONS itself, and send the headers on every answer, errors included. The answers that come from before it (401 for want of a valid token, 404 if it is not deployed, 503 if it does not start, 546 at its limits) have none.",
			Snippet: `const corsHeaders = {
  "Access-Control-Allow-Origin": "«origin»",
«?credentials»  "Access-Control-Allow-Credentials": "true",
  "Access-Control-Allow-Methods": "«methods»",
«?headers»  "Access-Control-Allow-Headers": "«headers»",
«?!headers»  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};
if (req.method === "OPTIONS") return new Response("ok", { headers: corsHeaders });
`,
		},
		{
			Topics: []Topic{SignIn, Forbidden},
			Text:   "The gateway checks the token before the function. For a function that checks it itself, or needs none, turn that off in supabase/config.toml, under the function's name.",
			Snippet: `verify_jwt = false
`,
			Manual: "https://supabase.com/docs/guides/functions/function-configuration",
		},
	},
}
