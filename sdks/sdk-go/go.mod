module github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go

go 1.23
