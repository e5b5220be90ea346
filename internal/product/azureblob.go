package product

// https://learn.microsoft.com/en-us/rest/api/storageservices/
var azureBlob = Product{
	Name: "Azure Storage", Names: []string{"azure-blob", "azure-storage", "azurite"}, Role: Service,
	Manual: "https://learn.microsoft.com/en-us/rest/api/storageservices/cross-origin-resource-sharing--cors--support-for-the-azure-storage-services",
	Signs: []Sign{
		{Strength: Sure, Header: "x-ms-error-code", Value: "corspreflightfailure"},
		{Strength: Sure, Body: "<code>corspreflightfailure</code>", Says: "the error “CorsPreflightFailure”"},
		{Strength: Sure, Header: "Server", Value: "windows-azure-blob"},
		{Strength: Sure, Header: "Server", Value: "azurite-blob"},
		{Strength: Sure, Host: ".core.windows.net"},
	},
	Advice: []Advice{{
		Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
		Text:    "The rules are the storage account's, for each of its services: Resource sharing (CORS). There are at most five, and the first that matches counts. Origins are compared with their case. Headers may end in *, as x-ms-* does.",
		Snippet: "az storage cors add --services b \\\n  --methods «methods|%| » \\\n  --origins «origin» \\\n«?headers»  --allowed-headers \"«headers|%|,»\" \\\n«?exposed»  --exposed-headers \"«exposed|%|,»\" \\\n  --max-age 3600\n",
	}},
}
